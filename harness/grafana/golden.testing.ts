import { expandAll } from './expand.ts';
import { readDataSource } from './settings.ts';
import type { DataSource, GrafanaLinks, LinkRequest, ShownSpan, Tag } from './types.ts';
import { type Toggle, versionOf } from './version.ts';

/** One second of 2020-10-14, in the span that Grafana's own tests click at. */
export const startMs = 1_602_637_200_000;

const tags = (values: Readonly<Record<string, unknown>>): Tag[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }));

/** The span of Grafana's tests (`createTraceSpan`), with another resource where one is given. */
export const spanWith = (
  resource: Readonly<Record<string, unknown>> = {
    cluster: 'cluster1',
    hostname: 'hostname1',
    label2: 'val2',
    'service.namespace': 'namespace1',
  },
  attributes: Readonly<Record<string, unknown>> = { host: 'host' },
): ShownSpan => ({
  traceId: '7946b05c2e2e4e5a',
  spanId: '6605c7b08e715d6c',
  name: 'operation',
  startNanos: BigInt(startMs) * 1_000_000n,
  endNanos: BigInt(startMs + 1_000) * 1_000_000n,
  resource: tags(resource),
  attributes: tags(attributes),
});

type Settings = Readonly<Record<string, unknown>>;

/** Data sources as a provisioning file has them; JSON is YAML. */
export function linksOf(
  jsonData: { readonly tempo?: Settings; readonly loki?: Settings; readonly prometheus?: Settings },
  version = '12.0',
  toggles: readonly Toggle[] = [],
): GrafanaLinks {
  const read = (['tempo', 'loki', 'prometheus'] as const).map((type) => {
    const written = { name: `${type} of all`, type, uid: type, url: `http://${type}` };
    const { value, variables } = expandAll({ ...written, jsonData: jsonData[type] ?? {} });
    const source = readDataSource(value, () => place) as DataSource;
    return { source, expanded: variables.map((one) => ({ ...one, dataSource: type, place })) };
  });
  return {
    version: versionOf(version, toggles),
    dataSources: read.map(({ source }) => source),
    expanded: read.flatMap(({ expanded }) => expanded),
  };
}

const place = { file: 'x.grafana.yaml', line: 1, column: 1 };

/** A request and all that are tried behind it. */
export const chainOf = (request: LinkRequest): LinkRequest[] => [
  request,
  ...(request.otherwise ? chainOf(request.otherwise) : []),
];
