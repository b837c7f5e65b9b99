import type { Click, Clicks, ItemName } from '../../evidence/types.ts';
import { curlOf } from '../../grafana/requests.ts';
import type { GrafanaLinks } from '../../grafana/types.ts';
import { formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { type Collector, createCollector, findingsOf } from '../collect.ts';
import {
  createClickJudge,
  type Fate,
  fateOf,
  type JudgedClick,
  nameOf,
  openFate,
} from '../model/judged-click.ts';
import type { Finding } from '../types.ts';
import { concludesFromPresence, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

type CorrelatedExpectation = ExpectationOf<'correlated'>;

/**
 * Links as Grafana makes them, followed on the run's own backends. Only those are judged whose ends
 * were both delivered: that a trace was sampled out is expected of a log, and found of an exemplar;
 * what was lost on the way is no link's fault.
 */
export function createCorrelatedCheck(
  expectation: CorrelatedExpectation,
  context: JudgeContext,
): Watcher {
  const { link, className, atLeast } = expectation;
  const { clicks } = context.evidence;
  const own = (clicks?.clicks ?? []).filter((click) => click.link === link);
  // Rows that nobody is shown can't be clicked at: what they would lead to is open.
  const unseen = link === 'log-to-trace' ? (clicks?.unseen ?? []) : [];
  const wanted = new Set([...own, ...unseen].map(nameOf));
  const spans = new Map<string, Fate>();
  const logs = new Map<string, Fate>();
  const classes = new Map<string, string>();
  const sampler = samplerOf(context);
  let points = 0;
  const fateAt = (click: Click): Fate => {
    const name = nameOf(click);
    const isOfLog = link !== 'exemplar-to-trace';
    return isOfLog && logs.get(name)?.kind !== 'kept' ? openFate : (spans.get(name) ?? openFate);
  };
  return {
    openedBy: concludesFromPresence,
    trace: ({ account }) => {
      const { traceId } = account.trace;
      for (const span of account.spans) {
        const name = nameOf(span.view.item);
        if (!wanted.has(name)) continue;
        spans.set(name, fateOf(span, sampler));
        classes.set(traceId, account.trace.className);
      }
    },
    log: ({ account }) => {
      const name = nameOf(account.view.item);
      if (wanted.has(name)) logs.set(name, fateOf(account, sampler));
    },
    point: ({ bucket }) => {
      if (bucket.kind === 'delivered') points++;
    },
    finish: () => {
      const { links } = context.pipeline;
      const meant = own.filter(
        ({ traceId }) => className === undefined || classes.get(traceId) === className,
      );
      const found = createCollector();
      const unsure = createCollector();
      const tally: Tally = { right: 0, broken: 0, open: 0, dropped: 0, lost: 0 };
      if (links && clicks) {
        const judge = createClickJudge(links, clicks);
        for (const click of meant) {
          const judged = judge(click, fateAt(click));
          tally[judged.kind]++;
          tellClick({ links, click, judged, found, unsure });
        }
        tally.open += tellUnseen(unseen, spans, { link, unsure });
        if (points > 0) tally.broken += notStored(expectation, clicks, found);
      }
      const counted = tally.right + tally.broken + tally.open;
      const tooFew = counted < atLeast;
      const reached = (count: number): boolean => count >= expectation.share * counted;
      const failed = !tooFew && !reached(tally.right + tally.open);
      const unknown = tooFew || !reached(tally.right);
      return {
        name: 'correlated',
        subject: [link, className].filter((text) => text !== undefined).join(', '),
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

function samplerOf({ paths, samplerStep, sampling }: JudgeContext): string {
  const tier = paths?.traces.steps[samplerStep]?.tier.name;
  return tier === undefined || !sampling ? 'sampling' : `${tier}/${sampling.component.id}`;
}

type Tally = Record<JudgedClick['kind'], number>;

interface ToldClick {
  readonly links: GrafanaLinks;
  readonly click: Click;
  readonly judged: JudgedClick;
  readonly found: Collector;
  readonly unsure: Collector;
}

function tellClick({ links, click, judged, found, unsure }: ToldClick): void {
  const common = { hop: click.link, example: exampleOf(links, click) };
  if (judged.kind === 'broken') {
    const { finding, dataSource, ...fault } = judged.fault;
    found.add({ component: `grafana/${dataSource}`, ...common, kind: finding, ...fault });
  } else if (judged.kind === 'open') {
    unsure.add({ ...common, kind: 'evidence-missing', cause: judged.why });
  }
}

function tellUnseen(
  unseen: readonly ItemName[],
  spans: ReadonlyMap<string, Fate>,
  { link, unsure }: { readonly link: string; readonly unsure: Collector },
): number {
  const kept = unseen.filter((item) => spans.get(nameOf(item))?.kind === 'kept');
  for (const example of kept) {
    const cause = 'Loki itself does not show the record';
    unsure.add({ kind: 'evidence-missing', hop: link, cause, example });
  }
  return kept.length;
}

/** Metrics came, exemplars were sent with them, and Prometheus shows none. @returns how many */
function notStored(
  { link, atLeast }: CorrelatedExpectation,
  { sentExemplars = [], exemplars, errors }: Clicks,
  found: Collector,
): number {
  const count = sentExemplars.length;
  const isAsked = exemplars !== undefined && errors.every((text) => !text.startsWith('prometheus'));
  if (link !== 'exemplar-to-trace' || !isAsked || exemplars.length > 0 || count < atLeast) return 0;
  const cause = 'metrics came, and none of the exemplars that were sent with them';
  found.add({ kind: 'exemplars-not-stored', hop: link, component: 'prometheus', cause, count });
  return count;
}

/** With the request, for whoever has the backends still up. */
function exampleOf({ dataSources }: GrafanaLinks, { traceId, spanId, request, link }: Click) {
  if (!request) return { traceId, spanId };
  const to = link === 'trace-to-log' ? 'loki' : 'tempo';
  const url = dataSources.find(({ type }) => type === to)?.url ?? '';
  return { traceId, spanId, note: curlOf({ ...request, to }, url) };
}

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
