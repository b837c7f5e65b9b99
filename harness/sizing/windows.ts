import { idleSeconds, type Purpose, type Step } from './schedule.ts';

/** What one steady stretch of load showed of one tier; means over its pods. */
export interface Window {
  readonly purpose: Purpose;
  /** Over all senders, as planned and as sent. */
  readonly plannedSpansPerSecond: number;
  readonly spansPerSecond: number;
  /** Of each replica: processors in use, memory; undefined: not known. */
  readonly cores: number | undefined;
  readonly memoryMiB: number | undefined;
  readonly throttledShare: number | undefined;
  /** Of the fullest replica. */
  readonly tracesHeld: number | undefined;
  /** Why it proves nothing: the sender, the machine or the record. */
  readonly invalid: string | undefined;
  /** Why the pipeline did not carry it. */
  readonly bad: string | undefined;
  /** What the run found behind that; undefined where nothing was lost or refused. */
  readonly badBy?: string | undefined;
}

interface Sample {
  readonly atMs: number;
  readonly pod: string;
  readonly life: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly throttling?: { readonly periods: number; readonly throttledPeriods: number } | undefined;
  readonly told?:
    | {
        readonly queueSize?: number | undefined;
        readonly queueCapacity?: number | undefined;
        readonly tracesHeld?: number | undefined;
      }
    | undefined;
}

/** What a run left that its windows are cut from. */
export interface Measured {
  readonly startMs: number;
  readonly bucketMs: number;
  /** Spans by half a second: all that were due, those that were not taken, those that were lost. */
  readonly sent: readonly number[];
  readonly notSent: readonly number[];
  readonly refused: readonly number[];
  readonly lost: readonly number[];
  /** Of the tier that is sized. */
  readonly samples: readonly Sample[];
  /** Processor time of the sender over the whole load, as a share of one core. */
  readonly senderCores: number;
  /** The verdict's reason why nothing is proved; undefined where something is. */
  readonly unknown: string | undefined;
  /** What the verdict blames for what was lost or refused; undefined where it blames nothing. */
  readonly failedBy: string | undefined;
}

/** A sampler ticks once a second, and what it keeps then goes out. */
const decisionSpreadMs = 2_000;
/** At the start of each window the load is not steady yet: of its length, at most five seconds. */
const settleShare = 0.25;
const mostSettleMs = 5_000;
const mostSenderCores = 0.7;
const mostLate = 0.05;
const mostQueueShare = 0.1;
const leastSamples = 4;

/**
 * Cuts a run into the windows of its schedule, each valid and good, or not, and why.
 * @param decisionWaitMs of the tier where it samples: it decides a step's traces that much later,
 *   so that until then it still does the work of the step before
 */
export function windowsOf(
  measured: Measured,
  steps: readonly Step[],
  decisionWaitMs = 0,
): Window[] {
  let fromMs = idleSeconds * 1_000;
  return steps.map((step) => {
    const lengthMs = step.forSeconds * 1_000;
    const decidedMs = decisionWaitMs > 0 ? decisionWaitMs + decisionSpreadMs : 0;
    const settleMs = Math.max(decidedMs, Math.min(mostSettleMs, lengthMs * settleShare));
    const span = [fromMs + settleMs, fromMs + lengthMs] as const;
    fromMs += lengthMs;
    // What is lost behind a sampler is known by when it came: it was decided that much later.
    const decided = [span[0] - decisionWaitMs, span[1] - decisionWaitMs] as const;
    return windowOf(measured, step, span, decided);
  });
}

type Span = readonly [fromMs: number, toMs: number];

function windowOf(measured: Measured, step: Step, span: Span, decided: Span): Window {
  const { startMs, senderCores, unknown } = measured;
  const rate = (series: readonly number[], within = span): number =>
    (sumWithin(series, measured.bucketMs, within) * 1_000) / (within[1] - within[0]);
  const samples = measured.samples.filter(
    ({ atMs }) => atMs - startMs >= span[0] && atMs - startMs < span[1],
  );
  const pods = [...Map.groupBy(samples, ({ pod, life }) => `${pod} ${life}`).values()];
  const spansPerSecond = rate(measured.sent);
  const planned = step.spansPerSecond;
  const deviation = Math.abs(spansPerSecond - planned) / planned;
  const notSent = rate(measured.notSent);
  const [refused, lost] = [rate(measured.refused), rate(measured.lost, decided)];
  const invalid =
    unknown ??
    (notSent > 0
      ? `the sender did not send ${Math.round(notSent)} spans/s`
      : deviation > mostLate
        ? `sent ${Math.round(spansPerSecond)} instead of ${Math.round(planned)} spans/s`
        : senderCores > mostSenderCores
          ? `the sender took ${senderCores.toFixed(2)} of a core`
          : pods.length === 0 || pods.some((own) => own.length < leastSamples)
            ? 'not sampled'
            : undefined);
  return {
    purpose: step.purpose,
    plannedSpansPerSecond: planned,
    spansPerSecond,
    cores: meanOf(pods.map(coresOf)),
    memoryMiB: meanOf(pods.map((own) => Math.max(...own.map((s) => s.memoryBytes)) / 2 ** 20)),
    throttledShare: meanOf(pods.map(throttledOf)),
    tracesHeld: mostOf(samples.map(({ told }) => told?.tracesHeld)),
    invalid,
    bad: badOf(refused, lost, pods),
    badBy: refused + lost > 0 ? measured.failedBy : undefined,
  };
}

function badOf(refused: number, lost: number, pods: readonly Sample[][]): string | undefined {
  if (refused > 0) return `refused ${Math.round(refused)} spans/s`;
  if (lost > 0) return `lost ${Math.round(lost)} spans/s`;
  const full = pods.flatMap((own) => own.flatMap(({ told }) => told ?? []));
  const share = Math.max(
    0,
    ...full.map(({ queueSize = 0, queueCapacity = 0 }) =>
      queueCapacity > 0 ? queueSize / queueCapacity : 0,
    ),
  );
  return share > mostQueueShare ? `a queue was ${Math.round(share * 100)} % full` : undefined;
}

/** A bucket counts where its middle lies within. */
const sumWithin = (series: readonly number[], bucketMs: number, [fromMs, toMs]: Span): number =>
  series.reduce((sum, value, i) => {
    const middleMs = (i + 0.5) * bucketMs;
    return middleMs >= fromMs && middleMs < toMs ? sum + value : sum;
  }, 0);

function coresOf(own: readonly Sample[]): number | undefined {
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return undefined;
  return (last.cpuMs - first.cpuMs) / (last.atMs - first.atMs);
}

function throttledOf(own: readonly Sample[]): number | undefined {
  const known = own.flatMap(({ throttling }) => throttling ?? []);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || last.periods <= first.periods) return undefined;
  return (last.throttledPeriods - first.throttledPeriods) / (last.periods - first.periods);
}

function mostOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Undefined where one is: a mean of those that are known would say nothing of the tier. */
function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0 || known.length < values.length) return undefined;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
