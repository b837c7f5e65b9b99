import { parseQuantity } from '../lib/units.ts';
import { mustFit } from './check-resource.ts';
import { contentOrPlaceholder, type PodReader, placeholder } from './contents.ts';
import { readInitContainers } from './init-containers.ts';
import { dnsSubdomain, environmentName, imageName, type Rule, word } from './kubernetes-rules.ts';
import {
  at,
  highestPort,
  list,
  listOf,
  misfit,
  object,
  type Plain,
  type Reader,
  text,
  texts,
  wholeNumber,
} from './read.ts';
import type { EnvironmentVariable, Workload } from './types.ts';
import { checkMounts, readMount, readVolumes, volumeNames } from './volumes.ts';

/** `env` and `envFrom` of a container, later entries winning, as the kubelet has it. */
function readEnvironment(
  container: Plain,
  reader: PodReader,
  path: PropertyKey[],
): EnvironmentVariable[] {
  const variables = new Map<string, EnvironmentVariable['value']>();
  list(container.envFrom).forEach((value, i) => {
    const prefix = text(object(value).prefix) ?? '';
    for (const [key, kind] of [
      ['configMapRef', 'ConfigMap'],
      ['secretRef', 'Secret'],
    ] as const) {
      const name = text(at(value, key, 'name'));
      if (name === undefined) continue;
      const own = [...path, 'envFrom', i];
      const content = contentOrPlaceholder(reader, kind, name, own);
      for (const [k, v] of Object.entries(content ?? {})) variables.set(prefix + k, { literal: v });
    }
  });
  list(container.env).forEach((value, i) => {
    const name = text(object(value).name);
    const own = [...path, 'env', i];
    mustFit(reader, environmentName, object(value).name ?? '', [...own, 'name']);
    mustFit(reader, word, object(value).value, [...own, 'value']);
    const resolved = readVariable(object(value), reader, own);
    if (name !== undefined && resolved) variables.set(name, resolved);
  });
  return [...variables].map(([name, value]) => ({ name, value }));
}

/** A part of its environment is in nothing of the folder. */
const lacksVariables = (container: Plain, { contents, namespace }: PodReader): boolean =>
  list(container.envFrom).some((value) => {
    const [kind, from] = object(value).secretRef
      ? ['Secret', at(value, 'secretRef', 'name')]
      : ['ConfigMap', at(value, 'configMapRef', 'name')];
    return !contents.has(`${kind}/${namespace}/${text(from)}`);
  });

function readVariable(
  written: Plain,
  reader: PodReader,
  path: PropertyKey[],
): EnvironmentVariable['value'] | undefined {
  const from = object(written.valueFrom);
  const field = text(at(from, 'fieldRef', 'fieldPath'));
  if (field !== undefined) {
    if (!isField.test(field)) {
      misfit(
        reader,
        field,
        [...path, 'valueFrom', 'fieldRef', 'fieldPath'],
        'a field of pods',
        fields,
      );
    }
    return { field };
  }
  if (from.resourceFieldRef !== undefined) {
    return readResourceField(object(from.resourceFieldRef), reader, [
      ...path,
      'valueFrom',
      'resourceFieldRef',
    ]);
  }
  for (const [key, kind] of [
    ['configMapKeyRef', 'ConfigMap'],
    ['secretKeyRef', 'Secret'],
  ] as const) {
    const name = text(at(from, key, 'name'));
    if (name === undefined) continue;
    const own = text(at(from, key, 'key')) ?? '';
    // The kubelet leaves out what is optional and not there.
    const isOptional = at(from, key, 'optional') === true;
    const instead = isOptional ? 'it is optional, and what it would set stays unset' : undefined;
    const content = contentOrPlaceholder(reader, kind, name, path, instead);
    if (!content && isOptional) return undefined;
    const value = content ? content[own] : placeholder(name, own);
    return value === undefined ? undefined : { literal: value };
  }
  return { literal: text(written.value) ?? '' };
}

/** What the downward API has for a container's environment. */
const fields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  "metadata.labels['<key>']",
  "metadata.annotations['<key>']",
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.podIP',
];
const isField =
  /^(?:metadata\.(?:name|namespace|uid|(?:labels|annotations)\['[^']+'\])|spec\.(?:nodeName|serviceAccountName)|status\.(?:host|pod)IPs?)$/;

/** Of bytes (core validation.go, validContainerResourceDivisorForMemory). */
const divisors = '1 1k 1M 1G 1T 1P 1E 1Ki 1Mi 1Gi 1Ti 1Pi 1Ei'.split(' ');

const resourceFields = ['limits.memory', 'limits.cpu'] as const;

function readResourceField(
  written: Plain,
  reader: PodReader,
  path: PropertyKey[],
): EnvironmentVariable['value'] | undefined {
  const limit = resourceFields.find((field) => field === written.resource);
  if (!limit) {
    const own = [...path, 'resource'];
    misfit(reader, written.resource ?? null, own, 'a limit', resourceFields);
    return undefined;
  }
  const unit = text(written.divisor) ?? '1';
  const known = limit === 'limits.cpu' ? ['1', '1m'] : divisors;
  // 0 is Kubernetes' way to write that there is none.
  if (unit === '0') return { limit, divisor: 1 };
  if (known.includes(unit)) return { limit, divisor: parseQuantity(unit) ?? 1 };
  misfit(reader, unit, [...path, 'divisor'], 'a divisor that Kubernetes takes', known);
  return undefined;
}

/** Kubernetes' default for `terminationGracePeriodSeconds`. */
const defaultGraceSeconds = 30;
const mostGraceSeconds = 86_400;

/** What no machine has: more is a slip of the hand. */
const mostMemoryBytes = 16 * 1024 ** 4;
const mostProcessors = 1_024;

/** A limit of a container; 0 is Kubernetes' way to write that there is none. */
function readLimit(
  reader: Reader,
  written: unknown,
  path: readonly PropertyKey[],
  expected: string,
  most: number,
): number | undefined {
  if (written === undefined || written === null) return undefined;
  const limit = parseQuantity(text(written) ?? '');
  if (limit !== undefined && limit <= most) return limit || undefined;
  misfit(reader, written, path, expected);
  return undefined;
}

/** Where the parts of a pod stand, and what differs between who writes them. */
interface PodPaths {
  readonly pod: PropertyKey[];
  readonly container: PropertyKey[];
  readonly claims?: unknown;
  /** Key of the ServiceAccount's name. */
  readonly account: 'serviceAccount' | 'serviceAccountName';
  /** The operator's ports are a Service's too. */
  readonly portName: Rule;
}

/**
 * The parts of a workload that its pod and container say; name, kind and replicas come from
 * whoever makes the pod (the operator, or the raw resource).
 */
export function readPod(pod: Plain, container: Plain, reader: PodReader, paths: PodPaths) {
  const limits = object(at(container, 'resources', 'limits'));
  const limit = (key: 'memory' | 'cpu', expected: string, most: number) => {
    const path = [...paths.container, 'resources', 'limits', key];
    return readLimit(reader, limits[key], path, expected, most);
  };
  const memory = limit('memory', 'a quantity such as 512Mi, at most 16Ti', mostMemoryBytes);
  const cpuLimit = limit('cpu', 'a quantity such as 500m or 2, at most 1024', mostProcessors);
  const graceSeconds = wholeNumber(
    reader,
    pod.terminationGracePeriodSeconds,
    [...paths.pod, 'terminationGracePeriodSeconds'],
    { otherwise: defaultGraceSeconds, min: 0, max: mostGraceSeconds },
  );
  mustFit(reader, dnsSubdomain, pod.serviceAccountName, [...paths.pod, paths.account]);
  mustFit(reader, imageName, container.image, [...paths.container, 'image']);
  // The operator adds a volume of its own, with the configuration.
  const added = paths.account === 'serviceAccount' ? ['otc-internal'] : [];
  checkMounts(
    list(container.volumeMounts),
    [...volumeNames(pod, paths.claims, reader, paths.pod), ...added],
    reader,
    [...paths.container, 'volumeMounts'],
  );
  const words = (key: 'command' | 'args'): string[] => {
    const path = [...paths.container, key];
    listOf(reader, container[key], path).forEach((value, i) => {
      mustFit(reader, word, value ?? 0, [...path, i]);
    });
    return texts(container[key]);
  };
  return {
    serviceAccount: text(pod.serviceAccountName) ?? 'default',
    image: text(container.image) ?? '',
    command: words('command'),
    args: words('args'),
    environment: readEnvironment(container, reader, paths.container),
    ...(lacksVariables(container, reader) ? { lacksVariables: true } : {}),
    ports: list(container.ports).map((value, i) => {
      const read = (key: string): number | undefined => {
        const path = [...paths.container, 'ports', i, key];
        const bounds = { otherwise: 0, min: 0, max: highestPort };
        return wholeNumber(reader, object(value)[key], path, bounds) || undefined;
      };
      // In its node's network a pod has there whatever it has.
      const onNode = pod.hostNetwork === true ? (read('containerPort') ?? read('port')) : undefined;
      const hostPort = read('hostPort') ?? onNode;
      mustFit(reader, paths.portName, object(value).name, [...paths.container, 'ports', i, 'name']);
      return {
        name: text(object(value).name) ?? '',
        port: read('containerPort') ?? read('port') ?? 0,
        ...(hostPort === undefined ? {} : { hostPort }),
      };
    }),
    memoryLimitBytes: memory === undefined ? undefined : Math.ceil(memory),
    cpuLimit,
    volumes: readVolumes(pod, paths.claims, reader, paths.pod),
    mounts: list(container.volumeMounts).map((value, i) =>
      readMount(object(value), reader, [...paths.container, 'volumeMounts', i]),
    ),
    ...(list(pod.initContainers).length > 0 ? { init: readInitContainers(pod) } : {}),
    terminationGraceMs: 1_000 * graceSeconds,
  } satisfies Partial<Workload>;
}

/** More pods than a machine runs for a test are a slip of the hand. */
const mostReplicas = 20;

/** How many pods a workload asks for: at least one, as a tier without pods is none. */
export const readReplicas = (reader: Reader, spec: Plain): number =>
  wholeNumber(reader, spec.replicas, ['spec', 'replicas'], {
    otherwise: 1,
    min: 1,
    max: mostReplicas,
  });
