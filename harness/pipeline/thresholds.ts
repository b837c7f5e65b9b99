import { fnv1a32, fnv1a64 } from '../lib/fnv.ts';

const max64 = 0xffffffffffffffffn;

/**
 * The threshold that `tail_sampling`'s probabilistic policy compares a trace's hash with:
 * big.Float(MaxUint64, 64 bits of precision) x float64(percentage / 100), truncated to uint64.
 * Source: tailsamplingprocessor v0.152.0, internal/sampling/probabilistic.go, calculateThreshold.
 */
export function probabilisticThreshold(percentage: number): bigint {
  const known = thresholds.get(percentage) ?? computeThreshold(percentage);
  thresholds.set(percentage, known);
  return known;
}

const thresholds = new Map<number, bigint>();

function computeThreshold(percentage: number): bigint {
  const ratio = percentage / 100;
  if (!(ratio > 0)) return 0n;
  if (ratio >= 1) return max64;
  const { mantissa, exponent } = decompose(ratio);
  const product = roundToBits(max64 * mantissa, 64);
  const value = exponent >= 0 ? product << BigInt(exponent) : product >> BigInt(-exponent);
  return value > max64 ? max64 : value;
}

/** A double as `mantissa x 2^exponent` with an integer mantissa. */
function decompose(value: number): { mantissa: bigint; exponent: number } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const biased = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xfffffffffffffn;
  if (biased === 0) return { mantissa: fraction, exponent: -1074 };
  return { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

/** Rounds to the nearest value of that many significant bits, ties to even, as big.Float does. */
function roundToBits(value: bigint, bits: number): bigint {
  const excess = value.toString(2).length - bits;
  if (excess <= 0) return value;
  const shift = BigInt(excess);
  const quotient = value >> shift;
  const rest = value - (quotient << shift);
  const half = 1n << (shift - 1n);
  const up = rest > half || (rest === half && (quotient & 1n) === 1n);
  return (up ? quotient + 1n : quotient) << shift;
}

const saltStates = new Map<string, bigint>();

/** The hash that `tail_sampling` compares with the threshold: FNV-1a-64 of salt and trace id. */
export function probabilisticHash(salt: string, traceId: string): bigint {
  let state = saltStates.get(salt);
  if (state === undefined) {
    state = fnv1a64(new TextEncoder().encode(salt));
    saltStates.set(salt, state);
  }
  return fnv1a64(bytesOfHex(traceId), state);
}

const hashBuckets = 0x4000;

/**
 * Whether the `probabilistic_sampler` processor in its default mode `hash_seed` passes a trace:
 * FNV-1a-32 of seed (little endian) and trace id, 14 bits of it, below percentage x 16384 / 100
 * computed in single precision and truncated.
 * Source: probabilisticsamplerprocessor v0.152.0, sampler_mode.go, makeSampler,
 * randomnessFromBytes.
 */
export function headSamplerPasses(percentage: number, hashSeed: number, traceId: string): boolean {
  const capped = Math.fround(Math.min(100, percentage));
  const scaled = Math.trunc(Math.fround(capped * Math.fround(hashBuckets / 100)));
  const seed = new Uint8Array(4);
  new DataView(seed.buffer).setUint32(0, hashSeed, true);
  const hash = fnv1a32(bytesOfHex(traceId), fnv1a32(seed));
  return (hash & (hashBuckets - 1)) < scaled;
}

const mostAdjusted = 1n << 56n;
const hexDigits = 14;

/**
 * Whether the `probabilistic_sampler` processor in mode `equalizing` or `proportional` passes a
 * trace that came without a threshold or randomness of its own: the last 56 bits of its id are at
 * least a threshold of so many hexadecimal digits, and more of them near 0 and 100 %.
 * Source: pkg/sampling v0.152.0, probability.go, ProbabilityToThresholdWithPrecision;
 * randomness.go, TraceIDToRandomness; probabilisticsamplerprocessor v0.152.0, sampler_mode.go.
 */
export function consistentSamplerPasses(
  percentage: number,
  precision: number,
  traceId: string,
): boolean {
  const fraction = Math.fround(Math.min(100, percentage)) / 100;
  if (fraction === 0) return false;
  return thresholdOf(fraction, precision) <= BigInt(`0x${traceId.slice(-hexDigits)}`);
}

function thresholdOf(fraction: number, precision: number): bigint {
  if (fraction === 1) return 0n;
  const leading = (share: number): number => Math.trunc(exponentOf(share) / -4);
  const digits = Math.max(precision + leading(fraction), precision + leading(1 - fraction));
  const threshold = mostAdjusted - BigInt(Math.round(fraction * 2 ** 56));
  const shift = BigInt(4 * (hexDigits - Math.min(hexDigits, digits)));
  if (shift === 0n) return threshold;
  return ((threshold + (1n << (shift - 1n))) >> shift) << shift;
}

/** As Go's math.Frexp: of a share m x 2^e with m from a half to below one, e. */
function exponentOf(share: number): number {
  const estimate = Math.floor(Math.log2(share)) + 1;
  if (share >= 2 ** estimate) return estimate + 1;
  return share < 2 ** (estimate - 1) ? estimate - 1 : estimate;
}

/** Hexadecimal text to bytes. */
function bytesOfHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
