import { dataSourceNamed } from './find.ts';
import { traceRequest } from './requests.ts';
import type { DataSource, GrafanaLinks, Link, LinkRequest, NoLink } from './types.ts';

/** What a panel asks for the exemplars of its query (Prometheus, HTTP API). */
export const exemplarsRequest = (
  query: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): LinkRequest => ({
  to: 'prometheus',
  path: '/api/v1/query_exemplars',
  parameters: { query, start: String(fromMs / 1_000), end: String(toMs / 1_000) },
});

/** The links of one exemplar (Grafana, `transformV2`): of labels named exactly as destinations. */
export function exemplarToTraces(
  links: GrafanaLinks,
  prometheus: DataSource,
  labels: Readonly<Record<string, string>>,
): readonly (Link | NoLink)[] {
  const { exemplarDestinations } = prometheus;
  if (exemplarDestinations.length === 0) return [{ why: 'not-configured' }];
  const made = exemplarDestinations.flatMap(({ name, datasourceUid, url }): (Link | NoLink)[] => {
    const value = labels[name];
    if (value === undefined) return [];
    if (!datasourceUid) {
      return url ? [{ why: 'not-modelled', what: `"${name}" leads out of Grafana` }] : [];
    }
    const target = dataSourceNamed(links, datasourceUid);
    if (!target) return [{ why: 'data-source-unknown', uid: datasourceUid }];
    if (target.type !== 'tempo') {
      return [{ why: 'not-modelled', what: `traces in a data source of type ${target.type}` }];
    }
    return [{ label: name, request: traceRequest(value) }];
  });
  return made.length === 0 ? [{ why: 'nothing-matches' }] : made;
}
