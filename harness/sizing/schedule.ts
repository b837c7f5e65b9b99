import { parse, stringify } from 'yaml';
import { random } from '../plan/random.ts';

/**
 * What a stretch of load is for: to look where about the knee lies, to fit by, to hold what was
 * fitted against, to find the knee once more, to put a bound to the test.
 */
export type Purpose = 'scout' | 'fit' | 'held' | 'knee' | 'bound';

/** One stretch of steady load. */
export interface Step {
  readonly purpose: Purpose;
  /** Spans a second over all senders. */
  readonly spansPerSecond: number;
  readonly forSeconds: number;
}

const doubling = 2;
/** Of the rate that a scout saw carried, where the staircase begins. */
const lowestShare = 0.45;
/** Of the same, the highest that is held out: closer to it the knee decides, not the fit. */
const highestHeldShare = 0.9;
const kneeStair = 1.08;

/** What a staircase is laid around. */
export interface Around {
  /** Of the scout: the highest rate that was carried before the first that was not. */
  readonly carried: number;
  /** Whether a rate was seen that was not carried. */
  readonly hasKnee: boolean;
}

/** Where about the knee lies: each step has twice the rate of the one before. */
export const scoutSteps = (fromSpansPerSecond: number, steps: number, forSeconds: number): Step[] =>
  stairs('scout', { from: fromSpansPerSecond, stair: doubling, count: steps, forSeconds });

export interface Drawn {
  readonly count: number;
  readonly forSeconds: number;
  readonly seed: number;
}

/**
 * A staircase from well below the rate that the scout saw carried to the one that was not: at
 * least four of its steps lie below the knee wherever that is. Where no knee was seen, no higher
 * than what was carried. Up to that rate in random order, since a process that only ever saw less
 * before works with a smaller heap than one that comes down; from there on upwards.
 */
export function stairSteps(
  { carried, hasKnee }: Around,
  { count, forSeconds, seed }: Drawn,
): Step[] {
  const stair = ((hasKnee ? doubling : 1) / lowestShare) ** (1 / (count - 1));
  const steps = stairs('fit', { from: carried * lowestShare, stair, count, forSeconds });
  const above = steps.filter(({ spansPerSecond }) => spansPerSecond > carried);
  const below = steps.slice(0, steps.length - above.length);
  const stream = random(seed, 'staircase');
  const drawn = below.map((step) => ({ step, at: stream.unit() })).sort((a, b) => a.at - b.at);
  return [...drawn.map(({ step }) => step), ...above];
}

/** Rates that no fit sees, drawn before anything is fitted; none at the knee itself. */
export function heldSteps({ carried }: Around, { count, seed, forSeconds }: Drawn): Step[] {
  const stream = random(seed, 'held-out');
  return Array.from({ length: count }, () => ({
    purpose: 'held',
    spansPerSecond: carried * (lowestShare + stream.unit() * (highestHeldShare - lowestShare)),
    forSeconds,
  }));
}

/**
 * A finer staircase over the bracket in which a knee was found, to find it once more.
 * @returns none where not even the lowest rate was carried: that is no bracket
 */
export function kneeSteps(lastGood: number, firstBad: number, forSeconds: number): Step[] {
  if (lastGood === 0) return [];
  const [from, to] = [lastGood * 0.9, firstBad * 1.1];
  const count = 1 + Math.ceil(Math.log(to / from) / Math.log(kneeStair));
  return stairs('knee', { from, stair: kneeStair, count, forSeconds });
}

/**
 * Where a scout goes on that saw each of its rates carried: from twice the highest.
 * @param climbed what it has sent, and what became of that
 * @returns none where it saw one that was not carried, or that proves nothing: there it ends
 */
export function furtherScoutSteps(climbed: readonly Climbed[], forSeconds: number): Step[] {
  if (climbed.some(({ bad, invalid }) => bad !== undefined || invalid !== undefined)) return [];
  const highest = Math.max(...climbed.map(({ plannedSpansPerSecond }) => plannedSpansPerSecond));
  return scoutSteps(highest * doubling, 1, forSeconds);
}

interface Climbed {
  readonly plannedSpansPerSecond: number;
  readonly bad: string | undefined;
  readonly invalid: string | undefined;
}

interface Stairs {
  readonly from: number;
  readonly stair: number;
  readonly count: number;
  readonly forSeconds: number;
}

const stairs = (purpose: Purpose, { from, stair, count, forSeconds }: Stairs): Step[] =>
  Array.from({ length: count }, (_, i) => ({
    purpose,
    spansPerSecond: from * stair ** i,
    forSeconds,
  }));

interface Load {
  readonly rate: string;
  readonly shape?: { readonly spans: number };
}

/** Before it is steady: SDKs flush, traces wait for their decision. */
export const idleSeconds = 6;

/**
 * A scenario that sends another's load by the schedule: its traces, classes, logs and metrics in
 * the same proportions. It begins with a stretch without load.
 * @param text a scenario file whose loads have a `shape`
 * @throws Error where its size can't be told
 */
export function scenarioOf(
  text: string,
  name: string,
  steps: readonly Step[],
  faults: readonly object[] = [],
): string {
  const written = parse(text) as { pipeline: string; load: Load[] };
  const rates = written.load.map(({ rate, shape }) => {
    const traces = Number.parseFloat(rate);
    if (!shape || !(traces > 0)) throw new Error('each load needs a rate and a shape');
    return { traces, spans: traces * shape.spans };
  });
  const spans = rates.reduce((sum, one) => sum + one.spans, 0);
  const base = steps[0]?.spansPerSecond ?? spans;
  const load = written.load.map((one, i) => ({
    ...one,
    rate: `${Math.max(1, Math.round(((rates[i]?.traces ?? 0) * base) / spans))}/s`,
  }));
  const phases = steps.map(({ spansPerSecond, forSeconds }) => ({
    for: `${forSeconds}s`,
    times: Math.round((spansPerSecond / base) * 1_000) / 1_000,
  }));
  return stringify({
    name,
    about: 'Written by `bench size`: a staircase of load.',
    pipeline: written.pipeline,
    load,
    phases: [{ for: `${idleSeconds}s`, times: 0 }, ...phases],
    ...(faults.length > 0 && { faults }),
    expect: [{ lost: { spans: 0 } }],
  });
}
