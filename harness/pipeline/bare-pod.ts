import { isCollectorImage } from './raw.ts';
import { list, object, text } from './read.ts';
import type { Resource } from './types.ts';

/** A Pod of its own that runs a collector, as getting-started guides have it. */
export const isCollectorPod = ({ kind, value }: Pick<Resource, 'kind' | 'value'>): boolean =>
  kind === 'Pod' &&
  list(object(value.spec).containers).some((own) =>
    isCollectorImage(text(object(own).image) ?? ''),
  );

/** The note that goes with it. */
export const podNote = (name: string): string =>
  `Pod/${name} runs as a Deployment of one pod: as a Pod alone nothing would bring it back`;

/** The Deployment that would make it. */
export function wrapPod(pod: Resource): Resource {
  const { name, value, place, placeInside } = pod;
  const written = object(value.metadata);
  const labels = { ...object(written.labels), 'bench/pod': name };
  const [apiVersion, kind] = ['apps/v1', 'Deployment'];
  const metadata = { labels, annotations: written.annotations ?? {} };
  const inside = (path: readonly PropertyKey[]): readonly PropertyKey[] =>
    path[0] === 'spec' && path[1] === 'template' ? path.slice(2) : path.slice(0, 1);
  return {
    ...pod,
    apiVersion,
    kind,
    value: {
      apiVersion,
      kind,
      metadata: value.metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: { 'bench/pod': name } },
        template: { metadata, spec: value.spec },
      },
    },
    place: (path) => place(inside(path)),
    placeInside: (path, line, column) => placeInside(inside(path), line, column),
  };
}
