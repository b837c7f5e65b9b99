import type { CanaryFact, CanaryPlace, LeakFact, Leaks } from '../../evidence/types.ts';
import { formatCount } from '../../lib/units.ts';
import { isCalled } from '../../pipeline/called.ts';
import type { Signal } from '../../pipeline/types.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { type Collector, createCollector, type Entry } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { failedStatements, tellWords } from '../model/own-words.ts';
import { culpritOf, placeTexts, printerOf } from '../model/redactors.ts';
import {
  concludesFromPresence,
  intentOf,
  type JudgeContext,
  verdictOf,
  type Watcher,
} from '../watch.ts';

type LeakedExpectation = ExpectationOf<'leaked'>;

/** Of each canary so many must have gone where one could leak; fewer prove nothing. */
const leastShown = 20;

/**
 * Canaries in what backends were sent and in what collectors wrote; of one backend, in what that
 * was sent by the signals that lead to it.
 */
export function createLeakedCheck(
  { spans, keys, at, signals }: LeakedExpectation,
  context: JudgeContext,
): Watcher {
  const { leaks } = context.evidence;
  const isMeant = (fact: CanaryFact): boolean =>
    (keys === undefined || keys.includes(fact.key)) &&
    (at === undefined || signals.includes(signalOf(fact)));
  const named = new Set(
    context.pipeline.backends.filter((b) => isCalled(b, at ?? b.id)).map(({ id }) => id),
  );
  const isThere = (recorder: number | undefined): boolean =>
    at === undefined || named.has(context.backendOf.get(recorder ?? -1) ?? '');
  const meant = (leaks?.canaries ?? []).flatMap((fact, canary) =>
    isMeant(fact) ? { fact, canary } : [],
  );
  const shown = new Map(meant.map(({ canary }) => [canary, 0]));
  const watchOf = (isOfLogs: boolean) => {
    const carriers = carriersOf(meant.filter(({ fact }) => isLog(fact.place) === isOfLogs));
    return ({ view, bucket }: ItemAccount): void => {
      if (bucket.kind !== 'delivered' && bucket.kind !== 'ended') return;
      for (const canary of carriers.get(view.item.item) ?? []) {
        shown.set(canary, (shown.get(canary) ?? 0) + 1);
      }
    };
  };
  const [watchSpan, watchLog] = [watchOf(false), watchOf(true)];
  return {
    openedBy: concludesFromPresence,
    trace: ({ account }) => {
      if (intentOf(context, account) !== 'not-sampled') account.spans.forEach(watchSpan);
    },
    log: ({ account }) => watchLog(account),
    finish: () => {
      const found = createCollector();
      const leaking = (leaks?.found ?? []).filter(
        ({ canary, recorder }) => shown.has(canary) && isThere(recorder),
      );
      for (const leak of leaking) found.add(entryOf(context, leaks as Leaks, leak));
      const open = createCollector();
      for (const cause of gapsOf(context, leaks, isThere)) addGap(open, cause);
      if (leaks && meant.length === 0) addGap(open, noCanary);
      for (const { fact, canary } of meant) {
        const count = isMetric(fact.place)
          ? pointsShown(leaks as Leaks, fact, context)
          : (shown.get(canary) ?? 0);
        if (count >= leastShown) continue;
        addGap(
          open,
          `${count} of ${fact.key} as ${placeTexts[fact.place]} went to a backend, ${leastShown} are needed`,
        );
      }
      const failed = found.count > spans;
      const findings = failed ? found.findings() : open.findings();
      return {
        name: 'leaked',
        subject: (keys ?? []).join(', '),
        verdict: verdictOf(failed, open.count > 0),
        expected: `at most ${formatCount(spans)} canaries in what ${at === undefined ? 'backends got and collectors wrote' : 'it got'}`,
        observed: `${formatCount(found.count)}; ${meant.length} kinds of them were sent`,
        findings,
      };
    },
  };
}

const isLog = (place: CanaryPlace): boolean => place === 'logBody' || place === 'logAttribute';
const isMetric = (place: CanaryPlace): boolean => place === 'metricLabel' || place === 'exemplar';

/** Which canaries an item carries, by its number. */
function carriersOf(
  meant: readonly { readonly fact: CanaryFact; readonly canary: number }[],
): ReadonlyMap<number, readonly number[]> {
  const carriers = new Map<number, number[]>();
  for (const { fact, canary } of meant) {
    for (const item of fact.items) carriers.set(item, [...(carriers.get(item) ?? []), canary]);
  }
  return carriers;
}

/**
 * Points are not accounted one by one: of those that backends were sent, as many as of all. A
 * report of metrics has two points.
 */
function pointsShown(leaks: Leaks, { points }: CanaryFact, { evidence }: JudgeContext): number {
  const all = 2 * evidence.facts.plannedMetricBlocks;
  const share = all === 0 ? 0 : (2 * points) / all;
  return Math.floor(share * Math.min(all, leaks.metricPoints));
}

const signalOf = ({ place }: CanaryFact): Signal =>
  isLog(place) ? 'logs' : isMetric(place) ? 'metrics' : 'traces';

function entryOf(context: JudgeContext, leaks: Leaks, leak: LeakFact): Entry {
  const fact = leaks.canaries[leak.canary] as CanaryFact;
  const what = `${fact.key} as ${placeTexts[fact.place]}`;
  const common = { kind: 'leaked', count: leak.count, atMs: leak.fromMs } as const;
  if (leak.recorder === undefined) {
    const tier = context.evidence.lives.find(({ pod }) => pod === leak.pod)?.tier ?? '';
    const writer = leak.component ?? printerOf(context.pipeline, tier);
    return {
      ...common,
      hop: tier,
      component: writer === undefined ? tier : `${tier}/${writer}`,
      cause: `${what}, in the log of ${leak.pod}`,
      fix: 'take the debug exporter out, or its verbosity back to basic',
    };
  }
  const backend = context.backendOf.get(leak.recorder) ?? '';
  const signal = leak.signal === 'other' ? signalOf(fact) : leak.signal;
  const { key, place } = fact;
  const { tier, component, why } = culpritOf(context.pipeline, { signal, backend, place, key });
  const failed = failedStatements(context.spoken.by(tier), component.slice(tier.length + 1));
  return {
    ...common,
    why: tellWords(failed, context.spoken.startMs),
    hop: `${tier}→${backend.split(':')[0]}`,
    component,
    cause: `${what}, in ${signal}: ${why}`,
  };
}

const noCanary = 'the record knows of no canary that could go there';

const addGap = (open: Collector, cause: string): void =>
  open.add({ kind: 'evidence-missing', hop: 'leaks', component: 'leaks', cause });

/** What was not looked into, or not to its end: nothing found there means nothing. */
function gapsOf(
  { evidence, pipeline }: JudgeContext,
  leaks: Leaks | undefined,
  isThere: (recorder: number | undefined) => boolean,
): string[] {
  if (!leaks) return ['evidence/leaks.json is not there: nobody looked for canaries'];
  const backends = evidence.recorders.filter(
    ({ hop, number }) => 'backend' in hop && isThere(number),
  );
  const isSearched = (pod: string, life: number): boolean =>
    leaks.logs.some((log) => log.pod === pod && log.life === life);
  const lives = evidence.lives.filter(({ tier }) => pipeline.tiers.some((t) => t.name === tier));
  return [
    ...(backends.length + lives.length > 0 ? [] : ['nothing was recorded']),
    ...backends
      .filter(({ complete, number }) => !complete || !leaks.recorders.includes(number))
      .map(({ name }) => `the record ${name} was not searched to its end`),
    ...lives
      .filter(({ pod, life }) => isThere(undefined) && !isSearched(pod, life))
      .map(({ pod, life }) => `the log of ${pod}, life ${life}, was not searched`),
    ...leaks.unreadable
      .filter(({ recorder }) => isThere(recorder))
      .map(
        ({ recorder, request, why }) =>
          `request ${request} to ${evidence.recorders[recorder]?.name ?? recorder} can't be read: ${why}`,
      ),
  ];
}
