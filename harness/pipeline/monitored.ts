import type { Applications } from './applications.ts';
import { isMonitor, jobsOfMonitor, type MonitorJob } from './monitors.ts';
import { list, object, type Plain, text, texts } from './read.ts';
import type { Resource, Tier } from './types.ts';

/** Why nothing of a job is scraped, and where that stands. */
export interface LeftOut {
  readonly why: string;
  readonly resource: Resource;
  readonly path: readonly PropertyKey[];
}

/** A job that an allocator makes of a monitor, or would if it had selected that. */
export interface MonitoredJob extends MonitorJob {
  readonly unselected: LeftOut | undefined;
}

type Marks = Readonly<Record<string, unknown>>;

/** The jobs of the monitors of a folder for a tier whose allocator reads monitors. */
export function monitoredJobs(
  tier: Pick<Tier, 'name'>,
  resources: readonly Resource[],
): MonitoredJob[] {
  const collector = resources.find(
    ({ kind, name }) => kind === 'OpenTelemetryCollector' && name === tier.name,
  );
  const allocator = object(object(collector?.value.spec).targetAllocator);
  const reading = object(allocator.prometheusCR);
  if (!collector || allocator.enabled !== true || reading.enabled !== true) return [];
  const interval = text(reading.scrapeInterval) ?? '30s';
  return resources.filter(isMonitor).flatMap((monitor) => {
    const unselected = whyUnselected(monitor, reading, collector, resources);
    return jobsOfMonitor(monitor, interval).map((job) => ({ ...job, unselected }));
  });
}

/** An allocator of the folder reads monitors. */
export const readsMonitors = (resources: readonly Resource[]): boolean =>
  resources.some(({ kind, value }) => {
    const { enabled, prometheusCR } = object(object(value.spec).targetAllocator);
    return (
      kind === 'OpenTelemetryCollector' && enabled === true && object(prometheusCR).enabled === true
    );
  });

/** As the allocator chooses: a selector that is not written selects nothing, an empty one all. */
function whyUnselected(
  monitor: Resource,
  reading: Plain,
  collector: Resource,
  resources: readonly Resource[],
): LeftOut | undefined {
  const kind = monitor.kind === 'PodMonitor' ? 'podMonitor' : 'serviceMonitor';
  const path = ['spec', 'targetAllocator', 'prometheusCR'];
  const called = `${monitor.kind}/${monitor.name}`;
  const at = (key: string, why: string): LeftOut => {
    const isWritten = reading[key] !== undefined;
    return { why, resource: collector, path: isWritten ? [...path, key] : path };
  };
  const own = `${kind}Selector`;
  const { labels } = object(monitor.value.metadata);
  if (reading[own] === undefined || reading[own] === null) {
    return at(own, `${own} is not written, which selects no ${monitor.kind}; {} selects all`);
  }
  if (!selects(reading[own], object(labels))) {
    return at(own, `${own} asks for ${shown(reading[own])}, and ${called} has ${labelled(labels)}`);
  }
  const { namespace } = monitor;
  const key = `${kind}NamespaceSelector`;
  if (!selects(reading[key] ?? {}, namespaceLabels(namespace, resources))) {
    return at(key, `${key} asks for ${shown(reading[key])}, which namespace ${namespace} is not`);
  }
  const allowed = texts(reading.allowNamespaces);
  if (allowed.length > 0 && !allowed.includes(namespace)) {
    return at('allowNamespaces', `allowNamespaces leaves namespace ${namespace} out`);
  }
  return texts(reading.denyNamespaces).includes(namespace)
    ? at('denyNamespaces', `denyNamespaces names namespace ${namespace}`)
    : undefined;
}

function namespaceLabels(name: string, resources: readonly Resource[]): Marks {
  const own = resources.find((one) => one.kind === 'Namespace' && one.name === name);
  const { labels } = object(own?.value.metadata);
  return { ...object(labels), 'kubernetes.io/metadata.name': name };
}

/** Whether a label selector (`matchLabels`, `matchExpressions`) meets labels. */
export function selects(selector: unknown, labels: Marks): boolean {
  const { matchLabels, matchExpressions } = object(selector);
  const isEqual = ([key, value]: [string, unknown]): boolean =>
    labels[key] !== undefined && String(labels[key]) === String(value);
  return (
    Object.entries(object(matchLabels)).every(isEqual) &&
    list(matchExpressions).every((written) => {
      const { key, operator, values } = object(written);
      const value = labels[text(key) ?? ''];
      const isIn = value !== undefined && texts(values).includes(String(value));
      if (operator === 'In') return isIn;
      if (operator === 'NotIn') return !isIn;
      return (operator === 'Exists') === (value !== undefined);
    })
  );
}

const shown = (selector: unknown): string => {
  const { matchLabels, matchExpressions } = object(selector);
  const equal = Object.entries(object(matchLabels)).map(([key, value]) => `${key}: ${value}`);
  return [...equal, ...list(matchExpressions).map((one) => JSON.stringify(one))].join(', ');
};

const labelled = (labels: unknown): string => {
  const own = Object.entries(object(labels)).map(([key, value]) => `${key}: ${String(value)}`);
  return own.length > 0 ? own.join(', ') : 'no labels';
};

/**
 * Why a selected monitor finds nothing of the folder's applications.
 * @returns undefined where the folder has nothing that it could have meant: what it selects is
 *   somewhere else
 */
export function whyFindsNothing(
  { monitor, path, port }: MonitorJob,
  { services, pods }: Applications,
): LeftOut | undefined {
  const isOfPods = monitor.kind === 'PodMonitor';
  const all: readonly Candidate[] = isOfPods ? pods : services.filter((own) => own.pods.length > 0);
  if (all.length === 0) return undefined;
  const what = isOfPods ? 'pod' : 'Service';
  const spec = object(monitor.value.spec);
  const { any, matchNames } = object(spec.namespaceSelector);
  const names = texts(matchNames);
  const asked = names.length > 0 ? names : [monitor.namespace];
  const inReach = all.filter(({ namespace }) => any === true || asked.includes(namespace));
  const found = inReach.filter(({ labels }) => selects(spec.selector, labels));
  const elsewhere = all.filter(({ labels }) => selects(spec.selector, labels));
  const [first] = found;
  const say = (why: string, at: readonly PropertyKey[]): LeftOut => ({
    why: `${monitor.kind}/${monitor.name}: ${why}`,
    resource: monitor,
    path: at,
  });
  if (first) {
    const ports = portsOf(first);
    return ports.includes(port ?? '') || port === undefined
      ? say(`its relabelings leave out what it finds`, path)
      : say(`port ${port} is none of ${what} ${first.name} (${ports.join(', ')})`, [
          ...path,
          'port',
        ]);
  }
  const behind = isOfPods ? undefined : withoutPods(services, spec.selector, any === true, asked);
  if (behind) return say(`Service ${behind} selects no pod of the folder`, ['spec', 'selector']);
  const [other] = elsewhere;
  if (other) {
    const looked = asked.join(', ');
    return say(
      `it looks in namespace ${looked}, and ${what} ${other.name} is in ${other.namespace}`,
      spec.namespaceSelector === undefined ? ['spec'] : ['spec', 'namespaceSelector'],
    );
  }
  if (inReach.length === 0) return undefined;
  const known = inReach.map(({ name, labels }) => `${name} has ${labelled(labels)}`).join('; ');
  return say(`no ${what} has ${shown(spec.selector)}: ${known}`, ['spec', 'selector']);
}

/** The first Service that a monitor selects, and behind which there is nobody. */
const withoutPods = (
  services: Applications['services'],
  selector: unknown,
  isAny: boolean,
  asked: readonly string[],
): string | undefined =>
  services.find(
    ({ namespace, labels, pods }) =>
      pods.length === 0 && (isAny || asked.includes(namespace)) && selects(selector, labels),
  )?.name;

interface Candidate {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Marks;
  readonly ports?: readonly { readonly name: string }[];
  readonly containers?: readonly { readonly ports: readonly { readonly name: string }[] }[];
}

const portsOf = ({ ports, containers = [] }: Candidate): string[] => [
  ...new Set((ports ?? containers.flatMap((own) => own.ports)).map(({ name }) => name)),
];
