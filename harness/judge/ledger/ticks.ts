import type { Window } from './evictions.ts';

/** When one trace came to a gateway process and when it was first handed on. */
export interface Emission {
  readonly enteredMs: number;
  readonly emittedMs: number;
}

/**
 * The clock by which one gateway process decides: a ticker of one second that began when the
 * process's processors did (tailsamplingprocessor v0.152.0, processor.go, Start and loop).
 */
export interface Ticks {
  /** Ticks are seen at `phaseMs + n * 1000`. */
  readonly phaseMs: number;
  /** When the last trace of a tick was decided: none is handed on before it is. */
  overMs(tick: number): number;
  /** The last tick whose burst was seen, and when it was first seen; `-Infinity` where none was. */
  readonly lastTickMs: number;
  readonly lastSeenMs: number;
  /** The burst of a tick was first seen this much behind it at most. */
  readonly seenWithinMs: number;
  /** Kept traces a tick, on average: an empty tick is unlikely where there are many. */
  readonly perTick: number;
}

const tickMs = 1_000;
/** Fewer bursts say too little. */
const leastSamples = 12;
/** Quiet between two bursts: with less the phase is not to be read off. */
const leastGapMs = 400;
/** A burst is first seen this much behind its tick at most: evaluation, queue, recorder. */
export const tickLagMs = 60;
/** A busy process may take its tick this much later than its clock says. */
export const slackMs = 300;
/** More than this share at other moments than behind the ticks of a clock: it is not its clock. */
const mostAstray = 0.1;

/** A tick is at `earliestMs + n * 1000` at the earliest and called `phaseMs + n * 1000`. */
interface Clock {
  readonly earliestMs: number;
  readonly phaseMs: number;
}

/**
 * Whether a trace was handed on as its decision was made: late spans of a kept trace and retries
 * are at any moment.
 *
 * @param leastMs a decision may fall this soon behind a trace's first span
 */
export function isDecision(
  { enteredMs, emittedMs }: Emission,
  waitMs: number,
  leastMs = waitMs,
): boolean {
  const afterMs = emittedMs - enteredMs;
  return afterMs >= leastMs && afterMs <= waitMs + tickMs + tickLagMs + leastGapMs;
}

/**
 * Reads a process's ticks: its log tells when they began; else they are read off the moments at
 * which kept traces were handed on, which come in bursts behind each tick.
 *
 * @param decisions moments at which traces were handed on as they were decided
 * @param start of the process's processors, where its log tells it
 * @returns undefined where neither shows them
 */
export const readTicks = (
  decisions: readonly number[],
  start: Window | undefined,
): Ticks | undefined => ticksByStart(decisions, start) ?? ticksByBursts(decisions);

function ticksByStart(decisions: readonly number[], start: Window | undefined): Ticks | undefined {
  if (!start || start.toMs - start.fromMs > tickLagMs) return undefined;
  const clock = { earliestMs: start.fromMs, phaseMs: start.toMs };
  const astray = decisions.filter((atMs) => atMs - tickOf(clock, atMs) > tickMs - leastGapMs);
  if (astray.length > mostAstray * decisions.length) return undefined;
  return ticksOf(decisions, clock);
}

function ticksByBursts(decisions: readonly number[]): Ticks | undefined {
  if (decisions.length < leastSamples) return undefined;
  const residues = decisions.map((atMs) => atMs % tickMs).sort((a, b) => a - b);
  const { startMs, gapMs } = largestGap(residues);
  if (gapMs < leastGapMs) return undefined;
  return ticksOf(decisions, { earliestMs: startMs, phaseMs: startMs });
}

const tickOf = ({ earliestMs, phaseMs }: Clock, atMs: number): number =>
  Math.floor((atMs - earliestMs) / tickMs) * tickMs + phaseMs;

function ticksOf(decisions: readonly number[], clock: Clock): Ticks {
  const bursts = new Map<number, Burst>();
  for (const atMs of decisions) {
    const tick = tickOf(clock, atMs);
    const { firstMs, lastMs } = bursts.get(tick) ?? { firstMs: atMs, lastMs: atMs };
    bursts.set(tick, { firstMs: Math.min(firstMs, atMs), lastMs: Math.max(lastMs, atMs) });
  }
  const lastTickMs = Math.max(...bursts.keys());
  return {
    phaseMs: clock.phaseMs,
    overMs: (tick) => Math.max(tick, bursts.get(tick)?.lastMs ?? tick + slackMs),
    lastTickMs,
    lastSeenMs: bursts.get(lastTickMs)?.firstMs ?? lastTickMs,
    seenWithinMs: Math.max(tickLagMs, ...Array.from(bursts, ([tick, b]) => b.firstMs - tick)),
    perTick: decisions.length / Math.max(1, bursts.size),
  };
}

/** What was handed on behind one tick. */
interface Burst {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** On the circle of one second: the widest empty arc, and where the burst begins behind it. */
function largestGap(residues: readonly number[]): { startMs: number; gapMs: number } {
  let best = { startMs: residues[0] ?? 0, gapMs: 0 };
  residues.forEach((residue, i) => {
    const before = i === 0 ? (residues.at(-1) ?? 0) - tickMs : (residues[i - 1] ?? 0);
    if (residue - before > best.gapMs) best = { startMs: residue, gapMs: residue - before };
  });
  return best;
}
