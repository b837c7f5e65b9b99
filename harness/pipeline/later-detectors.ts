import { writtenType } from './components.ts';
import type { Config } from './configs.ts';
import { detectorTypes } from './detectors.ts';
import type { ResourceEdit } from './edits.ts';
import { object, texts } from './read.ts';

/**
 * Names that the program does not know for detectors that it has. `k8s_api` came after it and looks
 * for `k8s.cluster.uid` as well (contrib v0.156.0, resourcedetectionprocessor/internal/k8sapi);
 * `gce` and `gke` were one before they went (contrib pull request 10347).
 */
const known: Readonly<Record<string, string>> = { k8s_api: 'k8snode', gce: 'gcp', gke: 'gcp' };

/** What only a later detector has of its attributes. */
const onlyLater = 'k8s.cluster.uid';

/** Calls detectors by the names that the program knows; it refuses any other. */
export function detectorEdits(
  { value, edit }: Config,
  { notes }: { readonly notes: Set<string> },
): ResourceEdit[] {
  return Object.entries(object(value.processors)).flatMap(([id, processor]): ResourceEdit[] => {
    if (!detectorTypes.has(writtenType(id))) return [];
    const settings = object(processor);
    const detectors = texts(settings.detectors);
    const named = detectors.filter((name) => Object.hasOwn(known, name));
    if (named.length === 0) return [];
    for (const name of named) {
      const less = name === 'k8s_api' ? `, without ${onlyLater}` : '';
      const note = `detector "${name}" is called ${known[name]} here, as the collector that runs it knows it${less}`;
      notes.add(note);
    }
    const path = `processors["${id}"]`;
    const renamed = detectors.map((name) => known[name] ?? name);
    return [
      edit(`${path}.detectors`, [...new Set(renamed)]),
      ...named.flatMap((name) => {
        const own = settings[name];
        if (own === undefined) return [];
        return [edit(`${path}["${name}"]`, null), edit(`${path}["${known[name]}"]`, without(own))];
      }),
    ];
  });
}

function without(own: unknown): unknown {
  const { [onlyLater]: _, ...attributes } = object(object(own).resource_attributes);
  return object(own).resource_attributes === undefined
    ? own
    : { ...object(own), resource_attributes: attributes };
}
