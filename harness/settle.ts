import { setTimeout as wait } from 'node:timers/promises';
import { isFinal } from './lib/otlp/answers.ts';
import { formatMs } from './lib/units.ts';
import { backOffsOf, longestPauseAfterMs, reconnect } from './pipeline/retries.ts';
import { scrapersOf } from './pipeline/scrape.ts';
import type { Output, Pipeline } from './pipeline/types.ts';
import { nowMs } from './shell/clock.ts';
import type { RunningStack, TapCounts, TapFile } from './stack/types.ts';

const tickMs = 1_000;
/** Beyond the last tick, for the spans of the last decisions to reach the backend. */
const handOverMs = 400;
const quietForMs = 800;
/** Where something is scraped, metrics never rest: so long behind the load they are awaited. */
const metricsWithinMs = 3_000;
/** Beyond the pause before a retry, for it to be on its way. */
const sendMs = 1_000;
const lookEveryMs = 100;
/** The counts of one look may be as old as whatever kept this process busy before it. */
const calmLooks = 2;

/** What passed a recorded hop so far. */
export type Hop = Pick<TapFile, 'hop'> & { readonly counts: TapCounts };

export interface Settling {
  readonly pipeline: Pipeline;
  /** When the load's last request left. */
  readonly lastSentMs: number;
  /** How long to wait for rest at most, beyond `decision_wait`. */
  readonly settleMs: number;
  readonly hops: () => readonly Hop[];
  readonly onProgress: (text: string) => void;
}

export interface Clock {
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** What is still awaited at a moment. */
export interface Awaited {
  /** When the last trace must have been decided, the last retry sent, and the quiet proved. */
  readonly untilMs: number;
  /** Requests that have no answer yet. */
  readonly open: number;
  /** What takes longest, in words. */
  readonly what: string;
}

/** How long the traces of a pipeline wait for their decision at most; 0 without tail sampling. */
export const decisionWaitMs = ({ tiers }: Pick<Pipeline, 'tiers'>): number =>
  Math.max(0, ...tiers.map(({ tailSampling }) => tailSampling?.decisionWaitMs ?? 0));

/** The recorded hops of a stack, as far as they are known. */
export const hopsOf = (stack: Pick<RunningStack, 'tapFiles' | 'tapCounts'>): Hop[] =>
  [...stack.tapFiles.values()].flatMap(({ name, hop }) => {
    const counts = stack.tapCounts().get(name);
    return counts ? { hop, counts } : [];
  });

/**
 * Waits until the last trace must have been decided, no retry can be due and nothing passes any
 * recorder any more, but no longer than it may.
 *
 * @returns why it did not come to rest; undefined where it did
 */
export async function settle(
  { pipeline, lastSentMs, settleMs, hops, onProgress }: Settling,
  { nowMs: now, sleep }: Clock = { nowMs, sleep: wait },
): Promise<string | undefined> {
  const mostMs = settleMs + decisionWaitMs(pipeline);
  const startedMs = Math.max(lastSentMs, now());
  for (let calm = 0; calm < calmLooks; ) {
    const { untilMs, open, what } = awaitedOf(pipeline, hops(), lastSentMs);
    const waitMs = untilMs - now();
    calm = waitMs <= 0 && open === 0 ? calm + 1 : 0;
    if (calm === 0 && now() - startedMs >= mostMs) {
      const requests = open > 0 ? `${open} requests open` : what;
      return `not at rest ${formatMs(mostMs)} after the load: ${requests}`;
    }
    onProgress(
      `${(Math.max(0, waitMs) / 1_000).toFixed(1)} s until ${what}, ${open} requests open`,
    );
    await sleep(lookEveryMs);
  }
  return undefined;
}

/** What is awaited by what passed the hops so far. @param lastSentMs of the load */
export function awaitedOf(pipeline: Pipeline, hops: readonly Hop[], lastSentMs: number): Awaited {
  // A target is asked again and again: what is under way there is no part of the load.
  const own = hops.filter(({ hop }) => !('target' in hop));
  const lastAtMs = Math.max(lastSentMs, ...own.map(({ counts }) => counts.lastAtMs));
  const lastOtherMs = Math.max(0, ...own.map(({ counts }) => counts.lastOtherMs ?? 0));
  const scrapes = pipeline.tiers.some((tier) => scrapersOf(tier).length > 0);
  const ofTiers = own.flatMap(({ hop, counts }) => {
    if (!('tier' in hop)) return [];
    // No metric waits for a decision.
    return scrapes ? (counts.lastOtherMs ?? 0) : counts.lastAtMs;
  });
  const metricsMs = scrapes ? lastSentMs + metricsWithinMs : Number.POSITIVE_INFINITY;
  const quietMs = Math.max(Math.min(lastAtMs, metricsMs), lastOtherMs) + quietForMs;
  const decideMs = decisionWaitMs(pipeline);
  const lastInMs = Math.max(lastSentMs, ...ofTiers);
  const decidedMs = decideMs === 0 ? 0 : lastInMs + decideMs + tickMs + handOverMs;
  const retriedMs = Math.max(0, ...hops.map((hop) => lastRetryMs(hop, sendersTo(pipeline, hop))));
  const steps = [
    { untilMs: quietMs, what: 'nothing passes any more' },
    { untilMs: decidedMs, what: 'the last decision' },
    { untilMs: retriedMs, what: 'the last retry' },
  ];
  const last = steps.reduce((a, b) => (b.untilMs > a.untilMs ? b : a));
  const open = own.reduce((sum, { counts }) => sum + counts.requests - counts.answers, 0);
  return { ...last, open };
}

/** The exporters that send to a hop. */
const sendersTo = ({ tiers }: Pipeline, { hop }: Hop): Output[] =>
  tiers
    .flatMap(({ outputs }) => outputs)
    .filter(({ to }) =>
      'tier' in hop
        ? 'tier' in to && to.tier === hop.tier
        : 'backend' in to && 'backend' in hop && to.backend === hop.backend,
    );

/** When the last retry of what was not taken at a hop must have been sent. */
function lastRetryMs({ counts }: Hop, senders: readonly Output[]): number {
  const backOffs = senders.flatMap(({ exporter }) => backOffsOf(exporter));
  const failures = Object.entries(counts.failures).flatMap(([code, when]) =>
    isFinal(Number(code)) ? [] : when,
  );
  if (failures.length === 0 || backOffs.length === 0) return 0;
  const firstMs = Math.min(...failures.map((f) => f.firstMs));
  const lastMs = Math.max(...failures.map((f) => f.lastMs), lastConnectMs(counts, senders));
  const pauses = backOffs.map((backOff) => longestPauseAfterMs(backOff, lastMs - firstMs));
  return lastMs + Math.max(...pauses) + sendMs;
}

/**
 * When the last gRPC client that was refused must have tried to connect again. Until then its
 * requests fail, and no tap sees them.
 */
function lastConnectMs({ refusals }: TapCounts, senders: readonly Output[]): number {
  if (!refusals || !senders.some(({ protocol }) => protocol === 'grpc')) return 0;
  const { firstMs, lastMs } = refusals;
  return lastMs + longestPauseAfterMs(reconnect, lastMs - firstMs);
}
