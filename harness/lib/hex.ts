const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const pairAt = (half: number, shift: number): string => pairs[(half >>> shift) & 255] as string;

/** Four bytes, as a number, in hexadecimal: millions of ids are written so. */
export const hexOfHalf = (half: number): string =>
  pairAt(half, 24) + pairAt(half, 16) + pairAt(half, 8) + pairAt(half, 0);
