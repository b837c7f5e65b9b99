import type { Click, Clicks, ItemName, LogRow } from '../../evidence/types.ts';
import { curlOf } from '../../grafana/requests.ts';
import type { DataSource, GrafanaLinks } from '../../grafana/types.ts';
import { formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector, findingsOf } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import type { LinkOutcome } from '../model/link-outcome.ts';
import { isSame, strangersIn } from '../model/link-outcome.ts';
import { logLinkOutcome } from '../model/log-link.ts';
import { spanLinkOutcome } from '../model/span-link.ts';
import type { Finding } from '../types.ts';
import { concludesFromPresence, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

type CorrelatedExpectation = ExpectationOf<'correlated'>;

/** What became of an item that was clicked at. */
type Fate = 'kept' | 'dropped' | 'lost' | 'open';

/**
 * Links as Grafana makes them, followed on the run's own backends. Only those are judged whose ends
 * were both delivered: that a trace was sampled out is expected, and what was lost on the way is
 * no link's fault.
 */
export function createCorrelatedCheck(
  expectation: CorrelatedExpectation,
  context: JudgeContext,
): Watcher {
  const { link, className, atLeast } = expectation;
  const { clicks } = context.evidence;
  const own = (clicks?.clicks ?? []).filter((click) => click.link === link);
  const wanted = new Set(own.map(nameOf));
  const spans = new Map<string, Fate>();
  const logs = new Map<string, Fate>();
  const classes = new Map<string, string>();
  return {
    openedBy: concludesFromPresence,
    trace: ({ account }) => {
      const { traceId } = account.trace;
      for (const span of account.spans) {
        const name = nameOf(span.view.item);
        if (!wanted.has(name)) continue;
        spans.set(name, fateOf(span));
        classes.set(traceId, account.trace.className);
      }
    },
    log: ({ account }) => {
      const name = nameOf(account.view.item);
      if (wanted.has(name)) logs.set(name, fateOf(account));
    },
    finish: () => {
      const subject = [link, className].filter((text) => text !== undefined).join(', ');
      const { links } = context.pipeline;
      const meant = own.filter(
        ({ traceId }) => className === undefined || classes.get(traceId) === className,
      );
      const found = createCollector();
      const unsure = createCollector();
      const tally: Tally = { right: 0, broken: 0, open: 0, dropped: 0, lost: 0 };
      const rows = new Map((clicks?.rows ?? []).map((row) => [nameOf(row), row]));
      for (const click of links ? meant : []) {
        const name = nameOf(click);
        const log = logs.get(name);
        const fate = log === 'kept' ? (spans.get(name) ?? 'open') : 'open';
        const judged = outcomeOf(links as GrafanaLinks, click, rows.get(name), fate);
        tally[judged.kind]++;
        const common = { hop: link, example: exampleOf(links as GrafanaLinks, click) };
        if (judged.kind === 'broken') {
          const { finding, dataSource, ...fault } = judged.fault;
          found.add({ ...common, kind: finding, component: `grafana/${dataSource}`, ...fault });
        } else if (judged.kind === 'open') {
          unsure.add({ ...common, kind: 'evidence-missing', cause: judged.why });
        }
      }
      const counted = tally.right + tally.broken + tally.open;
      const tooFew = counted < atLeast;
      const reached = (count: number): boolean => count >= expectation.share * counted;
      const failed = !tooFew && !reached(tally.right + tally.open);
      const unknown = tooFew || !reached(tally.right);
      return {
        name: 'correlated',
        subject,
        verdict: verdictOf(failed, unknown),
        expected: `${formatShare(expectation.share)} of ${atLeast} clicks or more`,
        observed: tell(tally, counted),
        findings: failed
          ? found.findings()
          : unknown
            ? [...unsure.findings(), ...(tooFew ? tooFewClicks(clicks, counted, atLeast) : [])]
            : [],
      };
    },
  };
}

const nameOf = ({ traceId, spanId }: ItemName): string => `${traceId}/${spanId}`;

function fateOf({ bucket, indeterminate, missing }: ItemAccount): Fate {
  if (bucket.kind === 'delivered') return 'kept';
  if (indeterminate || missing || bucket.kind === 'unexplained') return 'open';
  return bucket.kind === 'notSampled' || bucket.kind === 'filtered' || bucket.kind === 'ended'
    ? 'dropped'
    : 'lost';
}

type Judged = LinkOutcome | { readonly kind: 'dropped' } | { readonly kind: 'lost' };
type Tally = Record<Judged['kind'], number>;

function outcomeOf(links: GrafanaLinks, click: Click, row: LogRow | undefined, fate: Fate): Judged {
  if (fate === 'open') return { kind: 'open', why: 'what became of it is not known' };
  const source = sourceOf(links, click);
  if (!source) return { kind: 'open', why: 'the data source that it leads from is not known' };
  if (fate === 'kept') {
    return click.link === 'trace-to-log'
      ? spanLinkOutcome(links, source, click, row)
      : logLinkOutcome(links, source, click, row);
  }
  // Nobody has the span: no answer is right but that it is not there.
  if (strangersIn(click).length > 0) return logLinkOutcome(links, source, click, row);
  const isThere = click.answer?.items.some((item) => isSame(item, click));
  return isThere ? { kind: 'open', why: 'opens, though nobody delivered it' } : { kind: fate };
}

/** With the request, for whoever has the backends still up. */
function exampleOf({ dataSources }: GrafanaLinks, { traceId, spanId, request, link }: Click) {
  if (!request) return { traceId, spanId };
  const to = link === 'trace-to-log' ? 'loki' : 'tempo';
  const url = dataSources.find(({ type }) => type === to)?.url ?? '';
  return { traceId, spanId, note: curlOf({ ...request, to }, url) };
}

/** Links lead from each data source of a kind; with several the first is told. */
const sourceOf = ({ dataSources }: GrafanaLinks, { link }: Click): DataSource | undefined =>
  dataSources.find(({ type }) => type === (link === 'trace-to-log' ? 'tempo' : 'loki'));

function tell({ right, dropped, lost, open }: Tally, counted: number): string {
  return [
    `${right} of ${counted} clicks right`,
    ...(open > 0 ? [`${open} open`] : []),
    ...(dropped > 0 ? [`${dropped} of spans that are not kept find none, as expected`] : []),
    ...(lost > 0 ? [`${lost} of lost spans`] : []),
  ].join(', ');
}

function tooFewClicks(clicks: Clicks | undefined, counted: number, atLeast: number): Finding[] {
  const [error] = clicks?.errors ?? [];
  const cause = clicks
    ? `${counted} clicks at what was delivered, ${atLeast} are needed${error ? `; ${error}` : ''}`
    : 'evidence/clicks.json is not there: no link was followed';
  return findingsOf({ kind: 'evidence-missing', hop: 'links', component: 'links', cause });
}
