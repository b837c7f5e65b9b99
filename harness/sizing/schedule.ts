import { parse, stringify } from 'yaml';
import { random } from '../plan/random.ts';

/** One stretch of steady load. */
export interface Step {
  /** Spans a second over all senders. */
  readonly spansPerSecond: number;
  readonly forSeconds: number;
}

export interface Schedule {
  readonly fit: readonly Step[];
  /** Rates that no fit sees; chosen here, before anything is measured. */
  readonly held: readonly Step[];
}

export interface ScheduleOptions {
  readonly fromSpansPerSecond: number;
  readonly steps: number;
  readonly heldOut: number;
  readonly windowSeconds: number;
  readonly seed: number;
}

const stair = 1.25;

/** A staircase, and held-out rates between its ends in random order. */
export function scheduleOf(options: ScheduleOptions): Schedule {
  const { fromSpansPerSecond, steps, heldOut, windowSeconds: forSeconds, seed } = options;
  const most = stair ** (steps - 1);
  const stream = random(seed, 'held-out');
  const held = Array.from({ length: heldOut }, () => 1 + stream.unit() * (most - 1));
  const step = (factor: number): Step => ({
    spansPerSecond: fromSpansPerSecond * factor,
    forSeconds,
  });
  return { fit: Array.from({ length: steps }, (_, i) => step(stair ** i)), held: held.map(step) };
}

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
export function scenarioOf(text: string, name: string, steps: readonly Step[]): string {
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
    expect: [{ lost: { spans: 0 } }],
  });
}
