import type { Place } from '../lib/errors.ts';
import { parseYaml } from '../lib/yaml.ts';
import { applyEdits, type ResourceEdit } from './edits.ts';
import { at, object, type Plain } from './read.ts';
import type { Resource } from './types.ts';

/** A collector's configuration, or a part of one, as a resource holds it. */
export interface Config {
  readonly resource: Resource;
  readonly value: Plain;
  /** Where something of it stands. */
  readonly place: (path: readonly PropertyKey[]) => Place;
  /** What sets something of it: `path` is that inside the configuration, `null` takes it away. */
  readonly edit: (path: string, value: unknown) => ResourceEdit;
}

/** Below which of its keys a resource has texts that are files. */
const textsOf: Readonly<Record<string, string>> = { ConfigMap: 'data', Secret: 'stringData' };

/** What of a resource may be a collector's configuration, or a part of one. */
export function configsOf(resource: Resource): Config[] {
  const { kind, name, value } = resource;
  const editAt =
    (above: string): Config['edit'] =>
    (path, to) => ({
      resource: `${kind}/${name}`,
      path: `${above}.${path}`,
      value: to,
      origin: 'the bench',
    });
  if (kind === 'OpenTelemetryCollector') {
    const above = ['spec', 'config'];
    const place: Config['place'] = (path) => resource.place([...above, ...path]);
    return [{ resource, value: object(at(value, ...above)), place, edit: editAt(above.join('.')) }];
  }
  const below = textsOf[kind];
  if (below === undefined) return [];
  return Object.entries(object(value[below])).flatMap(([key, written]) => {
    if (typeof written !== 'string' || !/^(receivers|exporters|service):/m.test(written)) return [];
    const { documents, problems } = parseYaml('', written);
    const [document] = documents;
    if (problems.length > 0 || !document || documents.length !== 1) return [];
    // An edit writes the text anew: lines are those of the file.
    const before = resource.written?.get(key);
    const [original = document] = before === undefined ? [] : parseYaml('', before).documents;
    const place: Config['place'] = (path) => {
      const { line, column } = original.place(path);
      return resource.placeInside([below, key], line, column);
    };
    const edit = editAt(`${below}["${key}"]`);
    return [{ resource, value: object(document.value), place, edit }];
  });
}

/** Edits one of the resources; another of its name, in another namespace, stays as it is. */
export function editResource(
  resources: Resource[],
  resource: Resource,
  edits: readonly ResourceEdit[],
): void {
  const own = [resource];
  applyEdits(own, edits);
  const [edited = resource] = own;
  resources[resources.indexOf(resource)] = edited;
}
