import type { DataSource, GrafanaLinks } from './types.ts';

/**
 * The data source that a link names. `datasourceUid` may hold a name as well: what no uid is, is
 * looked for among the names (Grafana, `getInstanceSettings` of its data source service).
 */
export const dataSourceNamed = (
  { dataSources }: Pick<GrafanaLinks, 'dataSources'>,
  uidOrName: string,
): DataSource | undefined =>
  dataSources.find(({ uid }) => uid === uidOrName) ??
  dataSources.find(({ name }) => name === uidOrName);
