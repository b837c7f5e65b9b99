import type { Problem } from '../lib/errors.ts';
import { parseQuantityBytes } from '../lib/units.ts';
import {
  at,
  list,
  misfit,
  nearest,
  object,
  type Plain,
  type Reader,
  text,
  texts,
  wholeNumber,
} from './read.ts';
import type { EnvironmentVariable, Mount, Resource, Volume, Workload } from './types.ts';

/** ConfigMaps and Secrets of the folder, by `kind/namespace/name`, as plain texts. */
export type Contents = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Reads the texts of every ConfigMap and Secret (`data` of a Secret is base64). */
export function readContents(resources: readonly Resource[]): Contents {
  const contents = new Map<string, Record<string, string>>();
  for (const { kind, namespace, name, value } of resources) {
    if (kind !== 'ConfigMap' && kind !== 'Secret') continue;
    const data: Record<string, string> = {};
    for (const [key, written] of Object.entries(object(value.data))) {
      const plain = text(written) ?? '';
      data[key] = kind === 'Secret' ? Buffer.from(plain, 'base64').toString('utf8') : plain;
    }
    for (const [key, written] of Object.entries(object(value.stringData))) {
      data[key] = text(written) ?? '';
    }
    contents.set(`${kind}/${namespace}/${name}`, data);
  }
  return contents;
}

export interface PodReader extends Reader {
  readonly namespace: string;
  readonly contents: Contents;
  readonly notes: string[];
  /** Problems of resources that are not in the folder. */
  readonly missing: Problem[];
}

/** What to say where a resource is not in the folder. */
export const onlyYaml = 'only .yaml and .yml files directly in the folder are read';

function contentOf(reader: PodReader, kind: string, name: string, path: PropertyKey[]) {
  const found = reader.contents.get(`${kind}/${reader.namespace}/${name}`);
  if (!found) {
    const prefix = `${kind}/${reader.namespace}/`;
    const known = [...reader.contents.keys()].flatMap((key) =>
      key.startsWith(prefix) ? key.slice(prefix.length) : [],
    );
    const message = `the folder has no ${kind} "${name}" in namespace ${reader.namespace}`;
    const hint = onlyYaml;
    reader.missing.push({ place: reader.place(path), message, hint, ...nearest(name, known) });
  }
  return found ?? {};
}

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
      const content = contentOf(reader, kind, name, [...path, 'envFrom', i]);
      for (const [k, v] of Object.entries(content)) variables.set(prefix + k, { literal: v });
    }
  });
  list(container.env).forEach((value, i) => {
    const name = text(object(value).name);
    const resolved = readVariable(object(value), reader, [...path, 'env', i]);
    if (name !== undefined && resolved) variables.set(name, resolved);
  });
  return [...variables].map(([name, value]) => ({ name, value }));
}

function readVariable(
  written: Plain,
  reader: PodReader,
  path: PropertyKey[],
): EnvironmentVariable['value'] | undefined {
  const from = object(written.valueFrom);
  const field = text(at(from, 'fieldRef', 'fieldPath'));
  if (field !== undefined) return { field };
  const limit = text(at(from, 'resourceFieldRef', 'resource'));
  if (limit === 'limits.memory' || limit === 'limits.cpu') return { limit };
  for (const [key, kind] of [
    ['configMapKeyRef', 'ConfigMap'],
    ['secretKeyRef', 'Secret'],
  ] as const) {
    const name = text(at(from, key, 'name'));
    if (name === undefined) continue;
    const value = contentOf(reader, kind, name, path)[text(at(from, key, 'key')) ?? ''];
    return value === undefined ? undefined : { literal: value };
  }
  return { literal: text(written.value) ?? '' };
}

/** The pod's volumes, templates of claims included. A kind that can't be had is a problem. */
function readVolumes(
  pod: Plain,
  claims: unknown,
  reader: PodReader,
  path: PropertyKey[],
): Volume[] {
  const volumes = list(pod.volumes).flatMap((value, i): Volume[] => {
    const written = object(value);
    const name = text(written.name) ?? `volume-${i}`;
    const source = readVolumeSource(written, reader, [...path, 'volumes', i], name);
    return source ? [{ name, source }] : [];
  });
  for (const claim of list(claims)) {
    const name = text(at(claim, 'metadata', 'name'));
    if (name !== undefined) volumes.push({ name, source: { claim: name } });
  }
  return volumes;
}

function readVolumeSource(
  written: Plain,
  reader: PodReader,
  path: PropertyKey[],
  name: string,
): Volume['source'] | undefined {
  if (written.emptyDir !== undefined) return { emptyDir: true };
  const claim = text(at(written, 'persistentVolumeClaim', 'claimName'));
  if (claim !== undefined) return { claim };
  for (const [key, kind, nameKey] of [
    ['configMap', 'ConfigMap', 'name'],
    ['secret', 'Secret', 'secretName'],
  ] as const) {
    const content = text(at(written, key, nameKey));
    if (content === undefined) continue;
    const files = contentOf(reader, kind, content, path);
    const items = list(at(written, key, 'items'));
    if (items.length === 0) return { files };
    return {
      files: Object.fromEntries(
        items.map((item) => [
          text(object(item).path) ?? '',
          files[text(object(item).key) ?? ''] ?? '',
        ]),
      ),
    };
  }
  if (written.hostPath !== undefined) {
    reader.notes.push(
      `volume "${name}" is a hostPath: the embedded runtime gives an empty directory`,
    );
    return { emptyDir: true };
  }
  const kind = Object.keys(written).find((key) => key !== 'name') ?? 'none';
  reader.problems.push({
    place: reader.place(path),
    message: `volume "${name}" is of kind "${kind}"`,
    known: ['configMap', 'secret', 'emptyDir', 'persistentVolumeClaim', 'hostPath'],
  });
  return undefined;
}

/** Of TCP. */
export const highestPort = 65_535;

/** Kubernetes' default for `terminationGracePeriodSeconds`. */
const defaultGraceSeconds = 30;
const mostGraceSeconds = 86_400;

/**
 * The parts of a workload that its pod and container say; name, kind and replicas come from
 * whoever makes the pod (the operator, or the raw resource).
 */
export function readPod(
  pod: Plain,
  container: Plain,
  reader: PodReader,
  paths: { pod: PropertyKey[]; container: PropertyKey[]; claims?: unknown },
) {
  const limits = object(at(container, 'resources', 'limits'));
  const memory = text(limits.memory);
  const memoryLimitBytes = memory === undefined ? undefined : parseQuantityBytes(memory);
  if (memory !== undefined && memoryLimitBytes === undefined) {
    reader.problems.push({
      place: reader.place([...paths.container, 'resources', 'limits', 'memory']),
      message: `memory limit: found ${JSON.stringify(memory)}, expected a quantity such as 512Mi`,
    });
  }
  const cpuLimit = parseCpu(text(limits.cpu));
  if (limits.cpu != null && cpuLimit === undefined) {
    const path = [...paths.container, 'resources', 'limits', 'cpu'];
    misfit(reader, limits.cpu, path, 'a quantity such as 500m or 2');
  }
  const graceSeconds = wholeNumber(
    reader,
    pod.terminationGracePeriodSeconds,
    [...paths.pod, 'terminationGracePeriodSeconds'],
    { otherwise: defaultGraceSeconds, min: 0, max: mostGraceSeconds },
  );
  return {
    serviceAccount: text(pod.serviceAccountName) ?? 'default',
    image: text(container.image) ?? '',
    command: texts(container.command),
    args: texts(container.args),
    environment: readEnvironment(container, reader, paths.container),
    ports: list(container.ports).map((value, i) => {
      const read = (key: string): number | undefined => {
        const path = [...paths.container, 'ports', i, key];
        const bounds = { otherwise: 0, min: 0, max: highestPort };
        return wholeNumber(reader, object(value)[key], path, bounds) || undefined;
      };
      const hostPort = read('hostPort');
      return {
        name: text(object(value).name) ?? '',
        port: read('containerPort') ?? read('port') ?? 0,
        ...(hostPort === undefined ? {} : { hostPort }),
      };
    }),
    memoryLimitBytes,
    cpuLimit,
    volumes: readVolumes(pod, paths.claims, reader, paths.pod),
    mounts: list(container.volumeMounts).map((value) => readMount(object(value))),
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

function readMount(written: Plain): Mount {
  const subPath = text(written.subPath);
  return {
    volume: text(written.name) ?? '',
    path: text(written.mountPath) ?? '',
    readOnly: written.readOnly === true,
    ...(subPath === undefined ? {} : { subPath }),
  };
}

/** A ConfigMap's or Secret's files by their paths in the container. */
export function mountedFiles(
  { path, subPath }: Mount,
  files: Readonly<Record<string, string>>,
): Record<string, string> {
  const mounted = Object.entries(files).flatMap(([name, content]) => {
    if (subPath === undefined) return [[`${path}/${name}`, content]];
    if (name === subPath) return [[path, content]];
    const folder = `${subPath}/`;
    return name.startsWith(folder) ? [[`${path}/${name.slice(folder.length)}`, content]] : [];
  });
  return Object.fromEntries(mounted) as Record<string, string>;
}

/** `500m` is 0.5, `2` is 2; undefined for what is no quantity of processors. */
function parseCpu(written: string | undefined): number | undefined {
  if (written === undefined || !/^(\d+\.?\d*|\.\d+)m?$/.test(written)) return undefined;
  return written.endsWith('m') ? Number(written.slice(0, -1)) / 1_000 : Number(written);
}
