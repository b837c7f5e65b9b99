import type { Problem } from '../lib/errors.ts';
import { isCollectorImage } from './raw.ts';
import { at, list, object, text } from './read.ts';
import type { Resource } from './types.ts';

/** A collector among the init containers, where a pod has its sidecars from Kubernetes 1.29 on. */
export function collectorAtStart({ kind, name, value, place }: Resource): Problem[] {
  const path = ['spec', 'template', 'spec', 'initContainers'];
  const containers = list(at(value, ...path)).map(object);
  const index = containers.findIndex(({ image }) => isCollectorImage(text(image) ?? ''));
  if (index < 0) return [];
  const message = `${kind} "${name}" runs its collector among its initContainers, which are not followed`;
  const hint = 'for the test, in a copy of the folder, make it one of its containers';
  return [{ place: place([...path, index]), message, hint }];
}
