import { expandAll } from '../grafana/expand.ts';
import { readDataSource } from '../grafana/settings.ts';
import type { DataSource, Expanded, GrafanaLinks, GrafanaVersion } from '../grafana/types.ts';
import { type Place, type Problem, throwProblems } from '../lib/errors.ts';
import { parseYaml } from '../lib/yaml.ts';
import { applyEdits, type ResourceEdit } from './edits.ts';
import type { ManifestFile } from './manifests.ts';
import { at, object, text } from './read.ts';
import type { Resource } from './types.ts';

/** What edits call a data source of the file: `GrafanaDataSource/tempo`, by its uid or name. */
const kind = 'GrafanaDataSource';

export const isOfGrafana = ({ resource }: ResourceEdit): boolean => resource.startsWith(`${kind}/`);

/**
 * Reads what Grafana is provisioned with: the file of data sources beside a pipeline's folder, as
 * Grafana's own `provisioning/datasources` has it.
 *
 * @param edits those of its data sources are applied, before anything is expanded
 * @throws UserError naming every mistake with its place
 */
export function readGrafanaFile(
  { path: file, text: written }: ManifestFile,
  edits: readonly ResourceEdit[],
  version: GrafanaVersion,
): GrafanaLinks {
  const { documents, problems } = parseYaml(file, written);
  throwProblems(problems);
  const [document, ...others] = documents;
  const sources = document && others.length === 0 ? at(document.value, 'datasources') : undefined;
  if (!document || !Array.isArray(sources)) {
    const place = { file, line: 1, column: 1 };
    const message = 'expected one document with a list of datasources:, as Grafana is provisioned';
    throw throwProblems([{ place, message }]);
  }
  const resources = sources.map((value, i): Resource => {
    const above = ['datasources', i];
    return {
      apiVersion: '',
      kind,
      name: text(at(value, 'uid')) ?? text(at(value, 'name')) ?? '',
      namespace: '',
      value: object(value),
      place: (path) => document.place([...above, ...path]),
      placeInside: (path, ...inside) => document.placeInside([...above, ...path], ...inside),
    };
  });
  const mistakes = applyEdits(resources, edits.filter(isOfGrafana)).map(namingFile(file));
  const expanded: Expanded[] = [];
  const read = resources.map(({ name, value, place }) => {
    const own = expandAll(value);
    for (const { written: one, path } of own.variables) {
      expanded.push({ dataSource: name, written: one, path, place: place(path) });
    }
    return readDataSource(own.value, place);
  });
  const dataSources = read.filter((one): one is DataSource => !Array.isArray(one));
  const wrong = read.flatMap((one) => (Array.isArray(one) ? one : []));
  throwProblems([...mistakes, ...wrong, ...checkUids(dataSources)]);
  return { version, dataSources, expanded };
}

/** Said of edits, whose place is where they were written. */
const namingFile =
  (file: string) =>
  (problem: Problem): Problem => ({
    ...problem,
    message: problem.message.replace('the pipeline has', `${file} has`),
  });

/** Grafana does not start with two of one uid. */
function checkUids(dataSources: readonly DataSource[]): Problem[] {
  const first = new Map<string, Place>();
  return dataSources.flatMap(({ uid, place }): Problem[] => {
    const known = first.get(uid);
    first.set(uid, known ?? place);
    const message = `uid "${uid}" is that of another data source already (line ${known?.line})`;
    return known ? [{ place, message }] : [];
  });
}
