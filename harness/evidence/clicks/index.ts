import { exemplarToTraces } from '../../grafana/exemplar-to-trace.ts';
import { lineToTraces } from '../../grafana/log-to-trace.ts';
import { traceRequest } from '../../grafana/requests.ts';
import { spanToLogs } from '../../grafana/span-to-logs.ts';
import type {
  DataSource,
  DataSourceType,
  GrafanaLinks,
  Link,
  NoLink,
} from '../../grafana/types.ts';
import { messageOf } from '../../lib/errors.ts';
import { mapPool } from '../../lib/pool.ts';
import { get } from '../../shell/http.ts';
import type { Click, Clicks, ExemplarRow, ItemName, LinkKind, LogRow } from '../types.ts';
import { askExemplars } from './exemplars.ts';
import { follow, type Targets } from './follow.ts';
import { askRows, nameOf } from './rows.ts';
import type { ClickSample } from './sample.ts';
import { spansOf } from './spans.ts';

/** Log records whose links are followed: of traces that Tempo took, and as many of others. */
export const clickedOfEach = 60;
const width = 6;

/**
 * Follows the links of Grafana's data sources on the run's own backends, as a user's clicks would:
 * from spans, as Tempo shows them, to their logs; from log records, as Loki shows them, to their
 * traces. An error is kept, never thrown.
 */
export async function askClicks(
  links: GrafanaLinks,
  targets: Targets,
  { kept, others, exemplars }: ClickSample,
  window: { readonly fromMs: number; readonly toMs: number },
): Promise<Clicks> {
  const errors: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      errors.push(`${what}: ${messageOf(error)}`);
      return otherwise;
    }
  };
  const sample = [...kept, ...others];
  const loki = targets.get('loki');
  const askLoki = async (): Promise<LogRow[]> => (loki ? askRows(loki, sample, window) : []);
  const rows = await attempt('loki', askLoki, []);
  const ofSpans = await mapPool(kept, width, (item) =>
    attempt(`span ${nameOf(item)}`, () => clickSpan(links, targets, item), []),
  );
  const ofRows = await mapPool(rows, width, (row) => clickRow(links, targets, row));
  const prometheus = targets.get('prometheus');
  const askPrometheus = async () =>
    prometheus && exemplars.length > 0 ? askExemplars(prometheus, exemplars, window) : [];
  const stored = await attempt('prometheus', askPrometheus, []);
  const drawn = stored.slice(0, 2 * clickedOfEach);
  const ofExemplars = await mapPool(drawn, width, (row) => clickExemplar(links, targets, row));
  const seen = new Set(rows.map(nameOf));
  return {
    rows,
    unseen: sample.filter((item) => !seen.has(nameOf(item))),
    clicks: [...ofSpans.flat(), ...ofRows.flat(), ...ofExemplars.flat()],
    ...(exemplars.length > 0 ? { sentExemplars: exemplars, exemplars: stored } : {}),
    errors,
  };
}

const hasLinks: Readonly<Record<DataSourceType, (source: DataSource) => boolean>> = {
  tempo: ({ tracesToLogs }) => tracesToLogs !== undefined,
  loki: ({ derivedFields }) => derivedFields.length > 0,
  prometheus: ({ exemplarDestinations }) => exemplarDestinations.length > 0,
};

/** Of several data sources of one type, those that links lead from; one where none do. */
function sourcesOf({ dataSources }: GrafanaLinks, type: DataSourceType): readonly DataSource[] {
  const own = dataSources.filter((source) => source.type === type);
  const linked = own.filter(hasLinks[type]);
  return linked.length > 0 ? linked : own.slice(0, 1);
}

async function clickSpan(links: GrafanaLinks, targets: Targets, item: ItemName) {
  const tempo = targets.get('tempo');
  if (!tempo) return [];
  const { path } = traceRequest(item.traceId).otherwise ?? traceRequest(item.traceId);
  const { status, body } = await get(tempo, path, { accept: 'application/protobuf' });
  if (status !== 200) throw new Error(`status ${status}: ${body.toString('utf8', 0, 300)}`);
  const span = spansOf(body, path).find(({ spanId }) => spanId === item.spanId);
  if (!span) throw new Error('Tempo shows the trace without it');
  return clicksOf(targets, 'trace-to-log', item, sourcesOf(links, 'tempo'), (source) => [
    spanToLogs(links, source, span),
  ]);
}

const clickRow = (links: GrafanaLinks, targets: Targets, row: LogRow): Promise<Click[]> =>
  clicksOf(targets, 'log-to-trace', row, sourcesOf(links, 'loki'), (source) =>
    lineToTraces(links, source, row),
  );

const clickExemplar = (links: GrafanaLinks, targets: Targets, row: ExemplarRow): Promise<Click[]> =>
  clicksOf(targets, 'exemplar-to-trace', row, sourcesOf(links, 'prometheus'), (source) =>
    exemplarToTraces(links, source, row.labels),
  );

async function clicksOf(
  targets: Targets,
  link: LinkKind,
  { traceId, spanId }: ItemName,
  sources: readonly DataSource[],
  linksFrom: (source: DataSource) => readonly (Link | NoLink)[],
): Promise<Click[]> {
  const made = sources.flatMap((source) =>
    linksFrom(source).map((one) => ({ one, at: { link, from: source.uid, traceId, spanId } })),
  );
  return mapPool(made, 1, async ({ one, at }): Promise<Click> => {
    if ('why' in one) return { ...at, absent: one };
    return { ...at, label: one.label, ...(await follow(targets, one.request)) };
  });
}
