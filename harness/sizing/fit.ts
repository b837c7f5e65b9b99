import { type Random, random } from '../plan/random.ts';

/** One measured point: what was offered to a replica, and what it took. */
export interface FitPoint {
  readonly x: number;
  readonly y: number;
}

/** `y = fixed + slope * x`, neither below zero. */
export interface Line {
  readonly fixed: number;
  readonly slope: number;
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Fit extends Line {
  /** 90 % prediction interval at `x`: resampled points, and a resampled residual on each. */
  readonly at: (x: number) => Interval;
  readonly fixedInterval: Interval;
  readonly slopeInterval: Interval;
}

/** Fewer points leave nothing to resample. */
export const leastPoints = 4;
const resamplings = 2_000;

/**
 * Non-negative least squares of a line (Lawson and Hanson 1974, here in closed form: with two
 * parameters the constrained optimum lies inside, or on one of the two axes).
 */
export function fitLine(points: readonly FitPoint[]): Line {
  const n = points.length;
  const sum = (of: (point: FitPoint) => number): number =>
    points.reduce((total, point) => total + of(point), 0);
  const [sx, sy, sxx, sxy] = [
    sum(({ x }) => x),
    sum(({ y }) => y),
    sum(({ x }) => x * x),
    sum(({ x, y }) => x * y),
  ];
  const determinant = n * sxx - sx * sx;
  const flat = { fixed: Math.max(0, sy / Math.max(1, n)), slope: 0 };
  if (determinant <= 0) return flat;
  const slope = (n * sxy - sx * sy) / determinant;
  const fixed = (sy - slope * sx) / n;
  if (slope < 0) return flat;
  if (fixed < 0) return { fixed: 0, slope: Math.max(0, sxy / sxx) };
  return { fixed, slope };
}

/**
 * Fits a line with its 90 % intervals, by bootstrap of the points (seeded: the same points give the
 * same answer).
 * @returns undefined where there are too few points, or all at one place
 */
export function fitWithIntervals(points: readonly FitPoint[], seed: number): Fit | undefined {
  if (points.length < leastPoints || new Set(points.map(({ x }) => x)).size < 3) return undefined;
  const line = fitLine(points);
  const residuals = leftOutResiduals(points, line);
  const stream = random(seed, 'bootstrap');
  const drawn = Array.from({ length: resamplings }, () => ({
    line: fitLine(points.map(() => pick(points, stream))),
    residual: pick(residuals, stream),
  }));
  const intervalOf = (value: number, of: (one: (typeof drawn)[number]) => number): Interval => {
    const sorted = drawn.map(of).sort((a, b) => a - b);
    return { value, low: quantile(sorted, 0.05), high: quantile(sorted, 0.95) };
  };
  return {
    ...line,
    at: (x) => intervalOf(valueAt(line, x), (one) => valueAt(one.line, x) + one.residual),
    fixedInterval: intervalOf(line.fixed, (one) => one.line.fixed),
    slopeInterval: intervalOf(line.slope, (one) => one.line.slope),
  };
}

/**
 * What each point is off the line of the others (its residual over one less its leverage), and
 * wider by Student's t over the normal quantile: the few residuals at hand hold no rare one.
 */
function leftOutResiduals(points: readonly FitPoint[], line: Line): number[] {
  const n = points.length;
  const mean = points.reduce((sum, { x }) => sum + x, 0) / n;
  const spread = points.reduce((sum, { x }) => sum + (x - mean) ** 2, 0);
  const wider = 1 + 1.06 / (n - 2);
  return points.map(({ x, y }) => {
    const leverage = 1 / n + (x - mean) ** 2 / spread;
    return ((y - valueAt(line, x)) * wider) / Math.max(0.1, 1 - leverage);
  });
}

export const valueAt = ({ fixed, slope }: Line, x: number): number => fixed + slope * x;

const pick = <T>(from: readonly T[], stream: Random): T => from[stream.below(from.length)] as T;

/** Of sorted values, the nearest rank. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
