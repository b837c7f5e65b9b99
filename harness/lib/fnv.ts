const offset64 = 0xcbf29ce484222325n;
const prime64 = 0x100000001b3n;
const mask64 = 0xffffffffffffffffn;

/**
 * FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/); `state` continues an earlier hash.
 */
export function fnv1a64(bytes: Uint8Array, state: bigint = offset64): bigint {
  let hash = state;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * prime64) & mask64;
  return hash;
}

/** FNV-1a, 32 bits; `state` continues an earlier hash. */
export function fnv1a32(bytes: Uint8Array, state = 0x811c9dc5): number {
  let hash = state;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** The same of a part of some bytes, without a view of it: millions of parts are hashed. */
export function fnv1a32Of(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash >>> 0;
}
