import type { LinkRequest } from './types.ts';

/** Lines of a Loki data source that says nothing else (Grafana's `DEFAULT_MAX_LINES`). */
export const usualMaxLines = 1_000;

/**
 * The request that an Explore query to Loki becomes (Grafana, pkg/tsdb/loki/api.go); `step` is left
 * out, which a query of lines does not read.
 */
export function logsRequest(
  query: string,
  window: { readonly fromMs: number; readonly toMs: number },
  limit: number,
): LinkRequest {
  const nanos = (ms: number): string => `${BigInt(ms) * 1_000_000n}`;
  return {
    to: 'loki',
    path: '/loki/api/v1/query_range',
    parameters: {
      query,
      direction: 'backward',
      limit: String(limit),
      start: nanos(window.fromMs),
      end: nanos(window.toMs),
    },
  };
}

/**
 * What a query of a Tempo data source asks: a trace by its id, where it has hexadecimal digits only
 * (`/api/v2/traces`, and on 404 the old path), else a search.
 */
export function traceRequest(query: string): LinkRequest {
  if (!/^[0-9A-Fa-f]+$/.test(query)) {
    return { to: 'tempo', path: '/api/search', parameters: { q: query } };
  }
  const otherwise = { to: 'tempo', path: `/api/traces/${query}`, parameters: {} } as const;
  return { to: 'tempo', path: `/api/v2/traces/${query}`, parameters: {}, otherwise };
}

/** Path and parameters as they stand in a request line. */
export function targetOf({ path, parameters }: LinkRequest): string {
  const query = new URLSearchParams(parameters).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** The same for a shell: `url` is the data source's own. */
export function curlOf({ to, path, parameters }: LinkRequest, url: string): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const entries = Object.entries(parameters);
  const accept =
    to === 'tempo' && entries.length === 0 ? ["-H 'Accept: application/protobuf'"] : [];
  const asQuery = entries.length > 0 ? ['-G'] : [];
  const data = entries.map(([key, value]) => `--data-urlencode ${quoted(`${key}=${value}`)}`);
  return ['curl', ...asQuery, ...accept, quoted(url + path), ...data].join(' ');
}
