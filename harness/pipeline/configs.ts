import type { Place } from '../lib/errors.ts';
import { parseYaml } from '../lib/yaml.ts';
import { applyEdits, parsePath, type ResourceEdit } from './edits.ts';
import { at, object, type Plain } from './read.ts';
import type { Resource } from './types.ts';

/** A collector's configuration, or a part of one, as a resource holds it. */
export interface Config {
  readonly resource: Resource;
  readonly value: Plain;
  /** Where something of it stands. */
  readonly place: (path: readonly PropertyKey[]) => Place;
  /**
   * What sets something of it: `path` is that inside the configuration, `null` takes it away.
   * `stood` tells where in it that was which is below the path now; without it the bench made it.
   */
  readonly edit: (path: string, value: unknown, stood?: ResourceEdit['stood']) => ResourceEdit;
}

/** Of what the bench puts at a path and stood at another, each step below it at the same. */
export const movedFrom =
  (...path: readonly PropertyKey[]): NonNullable<ResourceEdit['stood']> =>
  (below) => ({ path: [...path, ...below] });

/** Of what is left of a list, each entry where it stood in that. */
export const keptOf =
  (
    all: readonly unknown[],
    kept: readonly unknown[],
    path: readonly PropertyKey[],
  ): NonNullable<ResourceEdit['stood']> =>
  ([index, ...below]) => {
    const before = index === undefined ? [] : [all.indexOf(kept[Number(index)])];
    return { path: [...path, ...before, ...below] };
  };

/** Below which of its keys a resource has texts that are files. */
const textsOf: Readonly<Record<string, string>> = { ConfigMap: 'data', Secret: 'stringData' };

/** What of a resource may be a collector's configuration, or a part of one. */
export function configsOf(resource: Resource): Config[] {
  const { kind, name, value } = resource;
  const editAt =
    (...above: [string, string]): Config['edit'] =>
    (path, to, moved) => {
      // What is taken away was there: something else may be moved from it.
      const stood = to === null ? movedFrom(...parsePath(path)) : moved;
      const inside: ResourceEdit['stood'] =
        stood &&
        ((below) => {
          const own = stood(below);
          return { ...own, path: [...above, ...own.path] };
        });
      return {
        resource: `${kind}/${name}`,
        path: `${above[0]}["${above[1]}"].${path}`,
        value: to,
        origin: 'the bench',
        ...(inside ? { stood: inside } : {}),
      };
    };
  if (kind === 'OpenTelemetryCollector') {
    const above = ['spec', 'config'] as const;
    const place: Config['place'] = (path) => resource.place([...above, ...path]);
    return [{ resource, value: object(at(value, ...above)), place, edit: editAt(...above) }];
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
      const inText = [below, key, ...path];
      const { line, column } = original.place((resource.stood?.(inText) ?? inText).slice(2));
      return resource.placeInside([below, key], line, column);
    };
    const edit = editAt(below, key);
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
