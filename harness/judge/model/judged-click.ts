import type { Click, Clicks, ItemName } from '../../evidence/types.ts';
import type { DataSource, DataSourceType, GrafanaLinks } from '../../grafana/types.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { exemplarLinkOutcome } from './exemplar-link.ts';
import { broken, isSame, type LinkOutcome, strangersIn } from './link-outcome.ts';
import { logLinkOutcome } from './log-link.ts';
import { spanLinkOutcome } from './span-link.ts';

/** What became of an item that was clicked at. */
export type Fate =
  | { readonly kind: 'kept' | 'lost' | 'open' }
  /** `by`: the component that took it out, as it was told to. */
  | { readonly kind: 'dropped'; readonly by: string };

export const openFate: Fate = { kind: 'open' };

/** @param sampler the component that does not keep what no policy keeps */
export function fateOf({ bucket, indeterminate, missing }: ItemAccount, sampler: string): Fate {
  if (bucket.kind === 'delivered') return { kind: 'kept' };
  if (indeterminate || missing || bucket.kind === 'unexplained') return openFate;
  if (bucket.kind === 'notSampled') return { kind: 'dropped', by: sampler };
  if (bucket.kind === 'filtered') return { kind: 'dropped', by: bucket.processor };
  return bucket.kind === 'ended' ? { kind: 'dropped', by: bucket.exporter } : { kind: 'lost' };
}

export type JudgedClick = LinkOutcome | { readonly kind: 'dropped' } | { readonly kind: 'lost' };

export const nameOf = ({ traceId, spanId }: ItemName): string => `${traceId}/${spanId}`;

/** What clicks came to, by what was recorded of them. */
export function createClickJudge(
  links: GrafanaLinks,
  { rows, exemplars = [] }: Clicks,
): (click: Click, fate: Fate) => JudgedClick {
  const rowOf = new Map(rows.map((row) => [nameOf(row), row]));
  const exemplarOf = new Map(exemplars.map((row) => [nameOf(row), row]));
  const outcomeOf = (source: DataSource, click: Click): LinkOutcome => {
    const name = nameOf(click);
    if (click.link === 'trace-to-log')
      return spanLinkOutcome(links, source, click, rowOf.get(name));
    return click.link === 'log-to-trace'
      ? logLinkOutcome(links, source, click, rowOf.get(name))
      : exemplarLinkOutcome(links, source, click, exemplarOf.get(name));
  };
  return (click, fate) => {
    const source = sourceOf(links, click);
    if (!source) return { kind: 'open', why: 'the data source that it leads from is not known' };
    if (fate.kind === 'open') return { kind: 'open', why: 'what became of it is not known' };
    if (fate.kind === 'kept' || strangersIn(click).length > 0) return outcomeOf(source, click);
    return withoutSpan(source, click, fate);
  };
}

/** Nobody has the span: no answer is right but that it is not there. */
function withoutSpan(source: DataSource, click: Click, fate: Fate): JudgedClick {
  const { answer, absent } = click;
  const isThere = answer?.items.some((item) => isSame(item, click));
  if (isThere) return { kind: 'open', why: 'opens, though nobody delivered it' };
  const isAnswered = answer?.status === 404 || answer?.status === 200;
  if (!absent && !isAnswered) return { kind: 'open', why: `no answer: ${answer?.error ?? ''}` };
  if (fate.kind !== 'dropped') return { kind: 'lost' };
  if (click.link !== 'exemplar-to-trace') return { kind: 'dropped' };
  return broken({
    finding: 'exemplar-of-unsampled',
    dataSource: source.name,
    component: fate.by,
    cause: 'names a span that was taken out',
  });
}

const typeOf: Readonly<Record<Click['link'], DataSourceType>> = {
  'trace-to-log': 'tempo',
  'log-to-trace': 'loki',
  'exemplar-to-trace': 'prometheus',
};

const sourceOf = ({ dataSources }: GrafanaLinks, { link, from }: Click): DataSource | undefined =>
  dataSources.find(({ type, uid }) => type === typeOf[link] && (from ?? uid) === uid);
