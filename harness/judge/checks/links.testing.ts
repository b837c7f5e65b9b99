import type { Click, Clicks, LinkKind, LogRow } from '../../evidence/types.ts';
import { linksOf } from '../../grafana/golden.testing.ts';
import { logsRequest } from '../../grafana/requests.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import type { Bucket } from '../ledger/account.ts';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged as judgedBy, logOf, traceOf } from './accounts.testing.ts';
import { createCorrelatedCheck } from './correlated.ts';

/** Clicks by hand, and what the check says of them. */

export type Settings = Readonly<Record<string, unknown>>;

const raw = '$${__value.raw}';
export const field = { name: 'trace', matcherType: 'label', matcherRegex: 'trace_id', url: raw };
export const working = {
  tempo: {
    tracesToLogsV2: {
      datasourceUid: 'loki',
      tags: [{ key: 'service.name', value: 'service_name' }],
      filterByTraceID: true,
      spanStartTimeShift: '-1m',
      spanEndTimeShift: '1m',
    },
  },
  loki: { derivedFields: [{ ...field, datasourceUid: 'tempo' }] },
};

export const idOf = (i: number): string => String(i).padStart(32, 'a');
const spanOf = (i: number): string => String(i).padStart(16, 'b');
export const startMs = 1_000_000;
const query = (i: number): string => `{service_name="shop"} | trace_id="${idOf(i)}"`;

export const rowOf = (i: number): LogRow => ({
  traceId: idOf(i),
  spanId: spanOf(i),
  timeNanos: `${BigInt(startMs) * 1_000_000n}`,
  line: 'done',
  labels: { service_name: 'shop', trace_id: idOf(i), span_id: spanOf(i) },
});

export const itemNamed = (i: number) => ({ traceId: idOf(i), spanId: spanOf(i) });

export const toLogs = (i: number, over: Partial<Click> = {}): Click => {
  const window = { fromMs: startMs - 60_000, toMs: startMs + 60_000 };
  const { path, parameters } = logsRequest(query(i), window, 1_000);
  const answer = { status: 200, items: [itemNamed(i)] };
  return { ...itemNamed(i), link: 'trace-to-log', request: { path, parameters }, answer, ...over };
};

export const toTrace = (i: number, over: Partial<Click> = {}): Click => ({
  ...itemNamed(i),
  link: 'log-to-trace',
  label: 'trace',
  request: { path: `/api/traces/${idOf(i)}`, parameters: {} },
  answer: { status: 200, items: [itemNamed(i)] },
  ...over,
});

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export interface Run {
  readonly clicks?: readonly Click[];
  readonly rows?: readonly LogRow[];
  /** What became of each span; delivered where nothing is said. */
  readonly buckets?: Readonly<Record<number, Bucket['kind']>>;
  readonly settings?: Parameters<typeof linksOf>[0];
  readonly expectation?: Partial<ExpectationOf<'correlated'>>;
  readonly isRecorded?: boolean;
  /** What else was recorded of clicks. */
  readonly more?: Partial<Clicks>;
  readonly points?: number;
}

export async function judged(link: LinkKind, run: Run) {
  const { buckets = {}, settings = working, isRecorded = true, expectation = {} } = run;
  const clicks: Clicks = {
    rows: run.rows ?? numbers(40).map(rowOf),
    unseen: [],
    clicks: run.clicks ?? [],
    errors: [],
    ...run.more,
  };
  const context = {
    pipeline: { links: linksOf(settings) },
    evidence: { clicks: isRecorded ? clicks : undefined },
  } as unknown as JudgeContext;
  const item = (i: number, kind: Bucket['kind']) => {
    const account = itemOf(kind);
    return {
      ...account,
      view: { ...account.view, item: { ...account.view.item, ...itemNamed(i) } },
    };
  };
  const result = await judgedBy(
    createCorrelatedCheck(
      { check: 'correlated', link, share: 1, className: undefined, atLeast: 20, ...expectation },
      context,
    ),
    numbers(40).map((i) =>
      traceOf([item(i, buckets[i] ?? 'delivered')], {
        trace: { traceId: idOf(i), className: i < 5 ? 'error' : 'normal' },
      }),
    ),
    numbers(40).map((i) => logOf(item(i, 'delivered'))),
    numbers(run.points ?? 0).map(() => itemOf('delivered')),
  );
  const kinds = result.findings.map(({ kind, component }) => `${kind} ${component}`.trim());
  return { verdict: result.verdict, kinds: [...new Set(kinds)], observed: result.observed };
}
