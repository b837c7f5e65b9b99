import { fnv1a32 } from '../lib/fnv.ts';
import { isBackendImage, isCollectorImage, isRawWorkload } from './raw.ts';
import { at, list, number, object, type Plain, text } from './read.ts';
import type { Resource } from './types.ts';

/** A pod of an application of the folder: it does not run, and what it exposes the bench serves. */
export interface ApplicationPod {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Marks;
  readonly annotations: Marks;
  readonly address: string;
  /** By a running number. */
  readonly index: number;
  readonly owner: { readonly kind: string; readonly name: string };
  readonly containers: readonly {
    readonly name: string;
    readonly image: string;
    readonly ports: readonly NamedPort[];
  }[];
}

interface NamedPort {
  readonly name: string;
  readonly port: number;
}

type Marks = Readonly<Record<string, string>>;

/** A Service of the folder, with the pods of applications that it selects. */
export interface ApplicationService {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Marks;
  readonly annotations: Marks;
  readonly selector: Marks;
  readonly ports: readonly (NamedPort & { readonly target: number | string })[];
  readonly pods: readonly ApplicationPod[];
}

export interface Applications {
  readonly pods: readonly ApplicationPod[];
  readonly services: readonly ApplicationService[];
}

/** The applications of a folder, as Kubernetes would make and find their pods. */
export function applicationsOf(resources: readonly Resource[]): Applications {
  const pods: ApplicationPod[] = [];
  for (const workload of resources.filter(isApplication)) {
    const replicas = number(at(workload.value, 'spec', 'replicas')) ?? 1;
    for (let i = 0; i < replicas; i += 1) pods.push(podOf(workload, i, pods.length));
  }
  const services = resources.flatMap((resource): ApplicationService[] => {
    if (resource.kind !== 'Service') return [];
    const { name, namespace, value } = resource;
    const spec = object(value.spec);
    const selector = marks(spec.selector);
    const own = pods.filter((pod) => pod.namespace === namespace && isSelected(selector, pod));
    const { labels, annotations } = object(value.metadata);
    const ports = list(spec.ports).map((written) => portOf(object(written)));
    const marked = { labels: marks(labels), annotations: marks(annotations) };
    return [{ name, namespace, ...marked, selector, ports, pods: own }];
  });
  return { pods, services };
}

/** Kubernetes' own addresses of pods of applications, by a running number. */
export const applicationAddress = (index: number): string =>
  `10.244.${150 + Math.floor(index / 250)}.${1 + (index % 250)}`;

const isApplication = (resource: Resource): boolean => {
  const images = list(at(resource.value, 'spec', 'template', 'spec', 'containers')).map(
    (container) => text(object(container).image) ?? '',
  );
  const isOther = images.some((image) => isCollectorImage(image) || isBackendImage(image));
  return isRawWorkload(resource) && images.length > 0 && !isOther;
};

/** An empty selector selects nothing by itself. */
const isSelected = (selector: Marks, { labels }: ApplicationPod): boolean =>
  Object.keys(selector).length > 0 &&
  Object.entries(selector).every(([key, value]) => labels[key] === value);

function podOf(workload: Resource, ordinal: number, index: number): ApplicationPod {
  const { kind, name, namespace, value } = workload;
  const template = object(at(value, 'spec', 'template'));
  const { labels, annotations } = object(template.metadata);
  const hash = letters(name, 10);
  const isDeployment = kind === 'Deployment';
  const suffix = letters(`${name}/${ordinal}`, 5);
  return {
    name:
      kind === 'StatefulSet'
        ? `${name}-${ordinal}`
        : isDeployment
          ? `${name}-${hash}-${suffix}`
          : `${name}-${suffix}`,
    namespace,
    labels: { ...marks(labels), ...(isDeployment ? { 'pod-template-hash': hash } : {}) },
    annotations: marks(annotations),
    address: applicationAddress(index),
    index,
    owner: isDeployment ? { kind: 'ReplicaSet', name: `${name}-${hash}` } : { kind, name },
    containers: list(at(template, 'spec', 'containers')).map((written, i) => {
      const container = object(written);
      const ports = list(container.ports).flatMap((one): NamedPort[] => {
        const port = number(object(one).containerPort);
        return port === undefined ? [] : [{ name: text(object(one).name) ?? '', port }];
      });
      const image = text(container.image) ?? '';
      return { name: text(container.name) ?? `container-${i}`, image, ports };
    }),
  };
}

function portOf(written: Plain): ApplicationService['ports'][number] {
  const port = number(written.port) ?? 0;
  const target = number(written.targetPort) ?? text(written.targetPort) ?? port;
  return { name: text(written.name) ?? '', port, target };
}

/** The port of a pod to which a port of a Service leads; undefined where it has none so named. */
export const targetPortOf = (
  { target }: ApplicationService['ports'][number],
  { containers }: ApplicationPod,
): number | undefined =>
  typeof target === 'number'
    ? target
    : containers.flatMap(({ ports }) => ports).find(({ name }) => name === target)?.port;

const marks = (written: unknown): Marks =>
  Object.fromEntries(Object.entries(object(written)).map(([key, value]) => [key, String(value)]));

/** Letters as Kubernetes appends them, the same in each run. */
function letters(of: string, count: number): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from({ length: count }, (_, i) => {
    const hash = fnv1a32(new TextEncoder().encode(`${of}#${i}`));
    return alphabet[hash % alphabet.length];
  }).join('');
}
