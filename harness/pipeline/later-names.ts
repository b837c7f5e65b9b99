import { type Config, configsOf, editResource } from './configs.ts';
import type { ResourceEdit } from './edits.ts';
import { at, object } from './read.ts';
import type { Resource } from './types.ts';

/**
 * Types that 0.152.0 writes in one word and later collectors in several, of those that public
 * manifests have (rendered examples of opentelemetry-helm-charts and splunk-otel-collector-chart;
 * README of exporter/loadbalancing, contrib v0.154.0).
 */
const inOneWord = {
  processors: ['cumulativetodelta', 'resourcedetection'],
  exporters: ['loadbalancing'],
} as const;

/**
 * Calls components by the names that the program knows, which is older than some configurations.
 *
 * @returns a note for each
 */
export function renameLater(resources: Resource[]): string[] {
  const notes = new Set<string>();
  for (const resource of [...resources]) {
    const edits = configsOf(resource).flatMap((config) => [
      ...editsOf(config, 'processors', notes),
      ...editsOf(config, 'exporters', notes),
    ]);
    if (edits.length > 0) editResource(resources, resource, edits);
  }
  return [...notes];
}

function editsOf(
  { value, edit }: Config,
  kind: keyof typeof inOneWord,
  notes: Set<string>,
): ResourceEdit[] {
  const declared = object(value[kind]);
  const renamed = new Map<string, string>();
  for (const id of Object.keys(declared)) {
    const [written = '', ...name] = id.split('/');
    const type = inOneWord[kind].find((one) => one === written.replaceAll('_', ''));
    if (type === undefined || type === written) continue;
    renamed.set(id, [type, ...name].join('/'));
    notes.add(`"${written}" is called ${type} here, as the collector that runs it knows it`);
  }
  const pipelines = Object.entries(object(at(value, 'service', 'pipelines')));
  return [
    ...[...renamed].flatMap(([id, to]) => [
      edit(`${kind}["${id}"]`, null),
      edit(`${kind}["${to}"]`, declared[id] ?? {}),
    ]),
    ...pipelines.flatMap(([name, pipeline]) => {
      const ids = object(pipeline)[kind];
      if (!Array.isArray(ids) || !ids.some((id) => renamed.has(String(id)))) return [];
      const named = ids.map((id) => renamed.get(String(id)) ?? id);
      return [edit(`service.pipelines["${name}"].${kind}`, named)];
    }),
  ];
}
