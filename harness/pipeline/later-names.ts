import type { Problem } from '../lib/errors.ts';
import { type Config, configsOf, editResource, movedFrom } from './configs.ts';
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

/** A component that is called otherwise here than in the file. */
export interface Renamed {
  /** What holds the configuration. */
  readonly resource: Resource;
  /** Its id in the file. */
  readonly written: string;
  readonly id: string;
}

/**
 * Calls components by the names that the program knows, which is older than some configurations.
 *
 * @returns what was renamed, and a note for each
 */
export function renameLater(resources: Resource[]): { renamed: Renamed[]; notes: string[] } {
  const notes = new Set<string>();
  const renamed: Renamed[] = [];
  for (const resource of [...resources]) {
    const edits = configsOf(resource).flatMap((config) =>
      (['processors', 'exporters'] as const).flatMap((kind) => {
        const own = renamedIn(config, kind, notes);
        renamed.push(...[...own].map(([written, id]) => ({ resource, written, id })));
        return editsOf(config, kind, own);
      }),
    );
    if (edits.length > 0) editResource(resources, resource, edits);
  }
  return { renamed, notes: [...notes] };
}

/** A problem that calls components as the file does. */
export function asWritten(
  { message, hint, known, ...same }: Problem,
  renamed: readonly Pick<Renamed, 'id' | 'written'>[],
): Problem {
  // In quotes, or a step of a path.
  const inText = (text: string): string =>
    renamed.reduce(
      (said, { id, written }) =>
        said.replaceAll(`"${id}"`, `"${written}"`).replaceAll(`.${id}.`, `.${written}.`),
      text,
    );
  const plain = (word: string): string => renamed.find(({ id }) => id === word)?.written ?? word;
  return {
    ...same,
    message: inText(message),
    ...(known ? { known: known.map(plain) } : {}),
    ...(hint ? { hint: inText(hint) } : {}),
  };
}

/** Ids of the file, with what they become. */
function renamedIn(
  { value }: Config,
  kind: keyof typeof inOneWord,
  notes: Set<string>,
): Map<string, string> {
  const renamed = new Map<string, string>();
  for (const id of Object.keys(object(value[kind]))) {
    const [written = '', ...name] = id.split('/');
    const type = inOneWord[kind].find((one) => one === written.replaceAll('_', ''));
    if (type === undefined || type === written) continue;
    renamed.set(id, [type, ...name].join('/'));
    notes.add(`"${written}" is called ${type} here, as the collector that runs it knows it`);
  }
  return renamed;
}

function editsOf(
  { value, edit }: Config,
  kind: keyof typeof inOneWord,
  renamed: ReadonlyMap<string, string>,
): ResourceEdit[] {
  const declared = object(value[kind]);
  const pipelines = Object.entries(object(at(value, 'service', 'pipelines')));
  return [
    ...[...renamed].flatMap(([id, to]) => [
      edit(`${kind}["${id}"]`, null),
      edit(`${kind}["${to}"]`, declared[id] ?? {}, movedFrom(kind, id)),
    ]),
    ...pipelines.flatMap(([name, pipeline]) => {
      const ids = object(pipeline)[kind];
      if (!Array.isArray(ids) || !ids.some((id) => renamed.has(String(id)))) return [];
      const named = ids.map((id) => renamed.get(String(id)) ?? id);
      const own = ['service', 'pipelines', name, kind];
      return [edit(`service.pipelines["${name}"].${kind}`, named, movedFrom(...own))];
    }),
  ];
}
