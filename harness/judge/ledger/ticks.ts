/** When one trace came to a gateway process and when it was first handed on. */
export interface Emission {
  readonly enteredMs: number;
  readonly emittedMs: number;
}

/**
 * The clock by which one gateway process decides: a ticker of one second that began when the
 * process did (tailsamplingprocessor v0.152.0, processor.go, loop). It is read off the moments at
 * which kept traces were handed on: they come in bursts behind each tick.
 */
export interface Ticks {
  /** Ticks are at `phaseMs + n * 1000`; the burst of each is over `spreadMs` later. */
  readonly phaseMs: number;
  readonly spreadMs: number;
  /** The last tick whose burst was seen, and when it was first seen. */
  readonly lastTickMs: number;
  readonly lastSeenMs: number;
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

/** Reads a process's ticks off its emissions; undefined where they do not show them. */
export function readTicks(emissions: readonly Emission[], waitMs: number): Ticks | undefined {
  // Late spans of a kept trace and retries are handed on at any moment: only decisions count.
  const decisions = emissions.filter(({ enteredMs, emittedMs }) => {
    const afterMs = emittedMs - enteredMs;
    return afterMs >= waitMs && afterMs <= waitMs + tickMs + tickLagMs + leastGapMs;
  });
  if (decisions.length < leastSamples) return undefined;
  const residues = decisions.map(({ emittedMs }) => emittedMs % tickMs).sort((a, b) => a - b);
  const { startMs, gapMs } = largestGap(residues);
  if (gapMs < leastGapMs) return undefined;
  const tickOf = (atMs: number): number => Math.floor((atMs - startMs) / tickMs) * tickMs + startMs;
  const byTick = new Map<number, number>();
  for (const { emittedMs } of decisions) {
    const tick = tickOf(emittedMs);
    byTick.set(tick, Math.min(byTick.get(tick) ?? Number.POSITIVE_INFINITY, emittedMs));
  }
  const lastTickMs = Math.max(...byTick.keys());
  return {
    phaseMs: startMs,
    spreadMs: tickMs - gapMs,
    lastTickMs,
    lastSeenMs: byTick.get(lastTickMs) ?? lastTickMs,
    perTick: decisions.length / byTick.size,
  };
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

/** The first tick at or behind a moment, as it is seen. */
export const tickBehind = ({ phaseMs }: Ticks, atMs: number): number =>
  Math.ceil((atMs - phaseMs) / tickMs) * tickMs + phaseMs;
