import { formatCount } from '../../lib/units.ts';
import type { Component, Tier } from '../../pipeline/types.ts';
import type { ItemAccount, TraceAccount } from '../ledger/account.ts';
import { keyOf } from '../ledger/incarnations.ts';
import { batchedForMs, queuedForMs } from '../model/batches.ts';
import type { SignalPath } from '../model/path.ts';
import type { Finding } from '../types.ts';
import { concludesFromPresence, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

/** Exporters that count what they are handed (exporterhelper v0.152.0) and lead nowhere. */
const countingTypes = ['debug', 'file'];

/** A collector is asked for as long at most, and hands on for as long what is no more held back. */
const countedWithinMs = 1_500;

/** Between how many spans an exporter of one process is to have been handed. */
interface Due {
  least: number;
  most: number;
}

/**
 * Nobody records what ends inside a collector: that it came there the exporters' own counts tell.
 * Looked at where traces have one way, which ends in exporters that count.
 *
 * @returns undefined where there is nothing to compare
 */
export function createEndsCheck(context: JudgeContext): Watcher | undefined {
  const { evidence, paths, samplerStep } = context;
  const path = paths.traces;
  const step = path.steps.length - 1;
  const tier = path.steps[step]?.tier.name ?? '';
  const { exporters, heldMs } = countedEnds(path);
  const lives = livesAt(context, tier);
  if (exporters.length === 0 || lives.length === 0 || evidence.facts.unsettled) return undefined;
  const askedMs = new Map(lives.map(({ key, atMs }) => [key, atMs - heldMs - countedWithinMs]));
  const dues = new Map<string, Due>();
  const add = (key: string, isSure: boolean): void => {
    const due = dues.get(key) ?? { least: 0, most: 0 };
    dues.set(key, due);
    due.most++;
    if (isSure) due.least++;
  };
  const look = (
    { view, bucket, indeterminate }: ItemAccount,
    stays: TraceAccount['stays'],
  ): void => {
    const isElsewhere = bucket.kind === 'filtered' || bucket.kind === 'notSampled';
    if (isElsewhere && !indeterminate) return;
    const arrivals = (view.arrivals[step] ?? []).filter(({ kind }) => kind !== 'refused');
    for (const { incarnation, kind, toMs } of arrivals) {
      if (!incarnation) continue;
      const { key } = incarnation;
      // Each process decides for itself what it took.
      const decidedMs = arrivals.length === 1 ? decidedOf(view.item.item, stays) : undefined;
      const readyMs = samplerStep < 0 ? toMs : (decidedMs ?? Number.POSITIVE_INFINITY);
      const isCounted = readyMs <= (askedMs.get(key) ?? 0);
      add(key, kind === 'ok' && bucket.kind === 'ended' && !indeterminate && isCounted);
    }
  };
  return {
    openedBy: concludesFromPresence,
    trace: ({ account }) => {
      for (const span of account.spans) look(span, account.stays);
    },
    finish: () => {
      const counted = lives.flatMap(({ key, pod, spans }) =>
        exporters.map(({ id }) => {
          const due = dues.get(key) ?? { least: 0, most: 0 };
          return { pod, id, told: spans[id] ?? 0, ...due };
        }),
      );
      const off = counted.filter(({ told, least, most }) => told < least || told > most);
      const sum = counted.reduce((all, { told }) => all + told, 0);
      return {
        name: 'evidence',
        subject: `ended in ${path.ends.join('+')}`,
        verdict: verdictOf(false, off.length > 0),
        expected: 'exporters that count what is to end in them',
        observed: off.length > 0 ? off.map(tell).join('; ') : `${formatCount(sum)} spans by count`,
        findings: off.map((own) => findingOf(own, tier)),
      };
    },
  };
}

interface Counted extends Due {
  readonly pod: string;
  /** The exporter's. */
  readonly id: string;
  readonly told: number;
}

const tell = ({ pod, id, told, least, most }: Counted): string =>
  `${id} of ${pod} counted ${formatCount(told)} spans, ${
    least === most ? formatCount(most) : `${formatCount(least)} to ${formatCount(most)}`
  } are to have ended in it`;

const findingOf = (own: Counted, tier: string): Finding => ({
  kind: 'not-modelled',
  hop: tier,
  component: `${tier}/${own.id}`,
  cause: tell(own),
  count: Math.max(own.least - own.told, own.told - own.most),
  window: null,
  examples: [],
  fix: 'see by the counters of its processors which of them takes out or brings in what the configuration does not say',
});

/** When what was held of it was surely decided. */
const decidedOf = (item: number, stays: TraceAccount['stays']): number | undefined =>
  stays.find(({ held }) => held.has(item))?.decidedToMs;

interface CountedEnds {
  /** None where one of them does not count, or serves several pipelines. */
  readonly exporters: readonly Component[];
  /** How long what is to go on may be held back in front of them. */
  readonly heldMs: number;
}

function countedEnds({ steps, ends, backends, unclear }: SignalPath): CountedEnds {
  const { tier, processors = [] } = steps.at(-1) ?? {};
  if (!tier || backends.length + unclear.length > 0) return { exporters: [], heldMs: 0 };
  const ids = new Set(ends.map((end) => end.slice(end.indexOf('/') + 1)));
  const found = tier.components.filter(({ kind, id }) => kind === 'exporters' && ids.has(id));
  const heldMs = batchedForMs(processors) + queuedForMs(found.map((exporter) => ({ exporter })));
  const isCounted = found.length === ids.size && found.every((own) => isOfOne(own, tier));
  return { exporters: isCounted ? found : [], heldMs };
}

const isOfOne = ({ id, type }: Component, { pipelines }: Tier): boolean =>
  countingTypes.includes(type) &&
  pipelines.filter((own) => own.signal === 'traces' && own.exporters.some((e) => e.id === id))
    .length === 1;

/** Processes of a tier that ran until the bench stopped them, and told. */
function livesAt({ evidence: { lives, sent } }: JudgeContext, tier: string) {
  return lives
    .filter((life) => life.tier === tier && life.ending === 'stop')
    .flatMap((life) => {
      const told = sent.findLast((own) => own.pod === life.pod && own.life === life.life);
      return told ? [{ ...told, key: keyOf(life) }] : [];
    });
}
