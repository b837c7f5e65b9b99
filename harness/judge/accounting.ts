import { duplicatesOf } from './checks/duplicated.ts';
import { type ItemAccount, isElsewhere } from './ledger/account.ts';
import type {
  Accounting,
  Decisions,
  EndedCount,
  FilteredCount,
  LogAccounting,
  LostCount,
  PointAccounting,
} from './types.ts';
import type { JudgeContext, LogAccount, WatchedTrace } from './watch.ts';

/** Adds every item up, once. */
export interface Accountant {
  trace(trace: WatchedTrace): void;
  log(log: LogAccount): void;
  point(account: ItemAccount): void;
  spans(): Accounting;
  logs(): LogAccounting;
  metricPoints(): PointAccounting;
  decisions(): Decisions;
}

type Tally = Record<
  | 'planned'
  | 'notOffered'
  | 'refused'
  | 'unseen'
  | 'delivered'
  | 'unexplained'
  | 'byNone'
  | 'duplicated'
  | 'altered'
  | 'indeterminate',
  number
> & {
  readonly filtered: Map<string, number>;
  readonly routedElsewhere: Map<string, number>;
  readonly ended: Map<string, number>;
  readonly lost: Map<string, { hop: string; cause: string; spans: number }>;
  readonly byDropPolicy: Record<string, number>;
};

const emptyTally = (): Tally => ({
  planned: 0,
  notOffered: 0,
  refused: 0,
  unseen: 0,
  delivered: 0,
  unexplained: 0,
  byNone: 0,
  duplicated: 0,
  altered: 0,
  indeterminate: 0,
  filtered: new Map(),
  routedElsewhere: new Map(),
  ended: new Map(),
  lost: new Map(),
  byDropPolicy: {},
});

export function createAccountant(context: JudgeContext): Accountant {
  const spans = emptyTally();
  const logs = emptyTally();
  const points = emptyTally();
  const counts = { late: 0, predicted: 0, compared: 0, wrong: 0 };
  return {
    trace: ({ account, alterations }) => {
      if (account.intent?.outcome === 'sampled') counts.predicted++;
      const decided = account.stays.filter((s) => s.fate === 'decided' && !s.ambiguous);
      if (decided.length > 0) counts.compared++;
      if (account.wrong.length > 0) counts.wrong++;
      const late = new Set(account.stays.flatMap((stay) => [...stay.late]));
      account.spans.forEach((span, i) => {
        count(spans, span);
        if (late.has(span.view.item.item)) counts.late++;
        if ((alterations[i]?.length ?? 0) > 0) spans.altered++;
        if (duplicatesOf(context, span, 'traces').length > 0) spans.duplicated++;
      });
    },
    log: ({ account, alterations }) => {
      count(logs, account);
      if (alterations.length > 0) logs.altered++;
      if (duplicatesOf(context, account, 'logs').length > 0) logs.duplicated++;
    },
    point: (account) => count(points, account),
    spans: () => ({
      ...common(spans),
      notSampled: { byDropPolicy: spans.byDropPolicy, byNone: spans.byNone },
      late: counts.late,
      indeterminate: spans.indeterminate,
    }),
    logs: () => common(logs),
    metricPoints: () => {
      const { duplicated: _, altered: __, ...buckets } = common(points);
      return buckets;
    },
    decisions: () => ({
      predicted: counts.predicted,
      compared: counts.compared,
      wrong: counts.wrong,
    }),
  };
}

function count(tally: Tally, { bucket, indeterminate }: ItemAccount): void {
  tally.planned++;
  if (indeterminate) tally.indeterminate++;
  switch (bucket.kind) {
    case 'filtered': {
      const by = isElsewhere({ bucket }) ? tally.routedElsewhere : tally.filtered;
      by.set(bucket.processor, (by.get(bucket.processor) ?? 0) + 1);
      return;
    }
    case 'ended':
      tally.ended.set(bucket.exporter, (tally.ended.get(bucket.exporter) ?? 0) + 1);
      return;
    case 'lost': {
      const key = `${bucket.hop}|${bucket.cause}`;
      const known = tally.lost.get(key) ?? { hop: bucket.hop, cause: bucket.cause, spans: 0 };
      known.spans++;
      tally.lost.set(key, known);
      return;
    }
    case 'notSampled':
      if (bucket.dropPolicy === undefined) tally.byNone++;
      else tally.byDropPolicy[bucket.dropPolicy] = (tally.byDropPolicy[bucket.dropPolicy] ?? 0) + 1;
      return;
    default:
      tally[bucket.kind]++;
  }
}

function common(tally: Tally) {
  const countsOf = (by: ReadonlyMap<string, number>): FilteredCount[] =>
    [...by].map(([processor, n]) => ({ processor, spans: n }));
  const filtered = countsOf(tally.filtered);
  const routedElsewhere = countsOf(tally.routedElsewhere);
  const ended: EndedCount[] = [...tally.ended].map(([exporter, n]) => ({ exporter, spans: n }));
  const lost: LostCount[] = [...tally.lost.values()];
  const { planned, notOffered, refused, unseen, delivered, unexplained, duplicated, altered } =
    tally;
  return {
    planned,
    notOffered,
    refused,
    unseen,
    filtered,
    ...(routedElsewhere.length > 0 ? { routedElsewhere } : {}),
    ended,
    delivered,
    lost,
    unexplained,
    duplicated,
    altered,
  };
}

/** What the buckets add up to: the plan, or the judge is broken. */
export function sumOf(accounting: Accounting | LogAccounting | PointAccounting): number {
  const add = (counts: readonly { readonly spans: number }[]): number =>
    counts.reduce((sum, { spans }) => sum + spans, 0);
  const notSampled = 'notSampled' in accounting ? accounting.notSampled : undefined;
  const dropped = Object.values(notSampled?.byDropPolicy ?? {}).reduce((sum, n) => sum + n, 0);
  return (
    accounting.notOffered +
    accounting.refused +
    accounting.unseen +
    add(accounting.filtered) +
    add(accounting.routedElsewhere ?? []) +
    add(accounting.ended) +
    dropped +
    (notSampled?.byNone ?? 0) +
    accounting.delivered +
    add(accounting.lost) +
    accounting.unexplained
  );
}
