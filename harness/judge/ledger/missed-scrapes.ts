import type { MissedScrapes } from '../../evidence/types.ts';
import { formatCount, formatMs } from '../../lib/units.ts';
import type { Arrival } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import { type Incarnation, keyOf, type Outage } from './incarnations.ts';
import { slackMs } from './ticks.ts';

/**
 * Why a target was not scraped for a while, in words: who was to scrape it had ended or stood
 * still, was harmed otherwise, or had no answer. What none of these explains is said to be so.
 *
 * @param tier whose pods scrape it
 */
export function missedBecause(context: JudgeContext, tier: string, missed: MissedScrapes): string {
  const { evidence, incarnations } = context;
  const toMs = missed.toMs ?? Number.POSITIVE_INFINITY;
  const own = scrapersOf(context, tier, missed);
  const pods = new Set(own.map(({ life }) => life.pod));
  const startMs = evidence.facts.startMs;
  const outage = incarnations.outages.find(
    (one) => pods.has(one.pod) && one.fromMs < toMs && one.toMs > missed.fromMs,
  );
  if (outage) return tellOutage(outage, startMs);
  for (const { key, life } of own) {
    const pause = context.pauses
      .get(key)
      ?.find((one) => one.fromMs < toMs && one.toMs > missed.fromMs);
    if (!pause) continue;
    const [from, to] = [pause.fromMs, pause.toMs].map((ms) => inRun(ms, startMs));
    return `${life.pod} stood still from ${from} to ${to}`;
  }
  const harm = evidence.receipts.find(
    ({ pod, injectedMs, healedMs = Number.POSITIVE_INFINITY }) =>
      pods.has(pod) && injectedMs < toMs && healedMs > missed.fromMs,
  );
  if (harm) return `${harm.pod} was under ${harm.kind} from ${inRun(harm.injectedMs, startMs)} on`;
  if (missed.failed > 0) {
    return `it was asked ${formatCount(missed.failed)} times meanwhile, and gave no answer`;
  }
  return 'nothing that ended, or was done to who scrapes, explains it';
}

/** `cart:80 was not scraped from 8.0 s to 14.0 s: 2 scrapes missed`, in the run's own time. */
export function tellMissed(target: string, missed: MissedScrapes, startMs: number): string {
  const to = inRun(missed.toMs ?? Number.POSITIVE_INFINITY, startMs);
  const from = inRun(missed.fromMs, startMs);
  const scrapes = missed.scrapes === 1 ? '1 scrape' : `${formatCount(missed.scrapes)} scrapes`;
  return `${target} was not scraped from ${from} to ${to}: ${scrapes} missed`;
}

/**
 * What a target told who was stopped before it had read it: as it goes on its scrape has run out of
 * time, and Prometheus' client drops what it was told.
 *
 * @param timeoutMs of the scrape; of one that still had time left, the pause explains nothing
 */
export function toldToPaused(
  { pauses, evidence }: JudgeContext,
  target: string,
  { incarnation, fromMs, toMs }: Pick<Arrival, 'incarnation' | 'fromMs' | 'toMs'>,
  timeoutMs: number,
): { readonly detail: string; readonly why: string } | undefined {
  const pause = pauses
    .get(incarnation?.key ?? '')
    ?.find((one) => one.fromMs <= toMs + slackMs && one.toMs >= fromMs + timeoutMs);
  if (!pause || !incarnation) return undefined;
  const [askedAt, from, to] = [fromMs, pause.fromMs, pause.toMs].map((ms) =>
    inRun(ms, evidence.facts.startMs),
  );
  const { pod } = incarnation.life;
  const detail = `${target} was scraped at ${askedAt}, and its answer not read`;
  const within = `beyond the scrape_timeout of ${formatMs(timeoutMs)}`;
  return { detail, why: `${detail}: ${pod} stood still from ${from} to ${to}, ${within}` };
}

/** Who scraped it before, in all of its lives; anybody of the tier where that is not known. */
function scrapersOf(
  { evidence, incarnations }: JudgeContext,
  tier: string,
  { fromMs, before }: MissedScrapes,
): Pick<Incarnation, 'key' | 'life'>[] {
  const last = before === undefined ? undefined : incarnations.byAddress(before, fromMs);
  return evidence.lives
    .filter((life) => (last ? life.pod === last.life.pod : life.tier === tier))
    .map((life) => ({ key: keyOf(life), life }));
}

const endings = { killed: 'was killed', graceful: 'was ended', running: 'ended' } as const;

const tellOutage = ({ pod, ending, fromMs, toMs }: Outage, startMs: number): string => {
  const back = Number.isFinite(toMs) ? `back at ${inRun(toMs, startMs)}` : 'not back';
  return `${pod} ${endings[ending]} at ${inRun(fromMs, startMs)} and ${back}`;
};

const inRun = (ms: number, startMs: number): string =>
  Number.isFinite(ms) ? formatMs(ms - startMs) : 'the end';
