/** A seeded stream of numbers. Equal seeds and labels give equal streams, on every machine. */
export interface Random {
  /** An integer of 32 random bits. */
  uint32(): number;
  /** In [0, 1), with 32 bits of precision. */
  unit(): number;
  /** An integer in [0, below). */
  below(below: number): number;
}

/** Mixes a text into 32 bits (xmur3), so that streams can be told apart by name. */
function mix(text: string): () => number {
  let h = 1779033703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  return () => {
    h = Math.imul(h ^ (h >>> 16), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    h ^= h >>> 16;
    return h >>> 0;
  };
}

/**
 * The stream of `seed` for one purpose. Generator: sfc32 (PractRand's small fast counter), which
 * is fast in 32-bit arithmetic and passes its tests.
 */
export function random(seed: number, label: string): Random {
  const next = mix(`${seed}/${label}`);
  let [a, b, c, counter] = [next(), next(), next(), 1];
  const uint32 = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) uint32();
  const unit = (): number => uint32() / 4294967296;
  return { uint32, unit, below: (below) => Math.floor(unit() * below) };
}

/** One mark for exactly a share of so many, drawn by lot. */
export function drawMarks(count: number, share: number, stream: Random): Uint8Array {
  const marks = new Uint8Array(count);
  marks.fill(1, 0, Math.round(share * count));
  shuffle(marks, stream);
  return marks;
}

/** Shuffles in place (Fisher-Yates). */
export function shuffle(array: { [index: number]: number; length: number }, stream: Random): void {
  for (let i = array.length - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    const kept = array[i] as number;
    array[i] = array[j] as number;
    array[j] = kept;
  }
}
