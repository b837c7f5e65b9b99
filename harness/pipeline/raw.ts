import type { Place } from '../lib/errors.ts';
import { parseYaml } from '../lib/yaml.ts';
import { checkLabels, checkMarks, mustFit } from './check-resource.ts';
import type { PodReader } from './contents.ts';
import { checkFields, checkShapes, noteFields } from './fields.ts';
import { dnsLabel, labelValue, portName, qualifiedName } from './kubernetes-rules.ts';
import { at, list, listOf, misfit, object, type Plain } from './read.ts';
import type { Mount, Resource, Workload } from './types.ts';
import { mountedFiles } from './volumes.ts';
import { readPod, readReplicas } from './workloads.ts';

/** A DaemonSet, StatefulSet or Deployment that a person wrote, with the collector config found. */
export interface RawWorkload {
  readonly workload: Workload;
  readonly config: Plain | undefined;
  /** Where the collector looks for it. */
  readonly configPath: string;
  /** Where something of the configuration stands. */
  readonly place: (path: readonly PropertyKey[]) => Place;
  /** What `--set` finds the configuration by, where it can: `ConfigMap/gw:data["config.yaml"]`. */
  readonly settable?: string | undefined;
}

export const isCollectorImage = (image: string): boolean =>
  /otelcol|opentelemetry-collector/.test(image);

const kinds = {
  DaemonSet: 'daemonset',
  StatefulSet: 'statefulset',
  Deployment: 'deployment',
} as const;

export const isRawWorkload = (resource: Resource): boolean => resource.kind in kinds;

/** Reads a raw workload of one container; several containers are a problem. */
export function readRawWorkload(resource: Resource, reader: PodReader): RawWorkload | undefined {
  const spec = object(resource.value.spec);
  const template = object(spec.template);
  const pod = object(template.spec);
  const containers = list(pod.containers);
  const path = ['spec', 'template', 'spec'];
  if (containers.length !== 1) {
    const message = `${containers.length} containers; the embedded runtime runs pods of one`;
    reader.problems.push({ place: reader.place([...path, 'containers']), message });
    return undefined;
  }
  const kind = kinds[resource.kind as keyof typeof kinds];
  checkFields(resource, reader);
  checkShapes(pod, path, reader);
  checkShapes(object(containers[0]), [...path, 'containers', 0], reader);
  checkMarks(reader, object(template.metadata), ['spec', 'template', 'metadata']);
  checkSelector(spec, template, reader);
  mustFit(reader, dnsLabel, object(containers[0]).name ?? '', [...path, 'containers', 0, 'name']);
  const read = readPod(pod, object(containers[0]), reader, {
    pod: path,
    container: [...path, 'containers', 0],
    claims: spec.volumeClaimTemplates,
    account: 'serviceAccountName',
    portName,
  });
  const strings = (value: unknown): Record<string, string> =>
    Object.fromEntries(Object.entries(object(value)).map(([k, v]) => [k, String(v)]));
  const workload: Workload = {
    ...read,
    args: argsOf(read),
    kind,
    name: resource.name,
    namespace: resource.namespace,
    replicas: readReplicas(reader, spec),
    labels: strings(at(template, 'metadata', 'labels')),
    podAnnotations: strings(at(template, 'metadata', 'annotations')),
    place: reader.place([...path, 'containers', 0]),
  };
  const configPath = configPathOf(workload);
  const { config, place, settable } = findConfig(workload, pod, configPath, reader);
  if (config) noteFields(resource, pod, path, reader);
  return { workload, configPath, config, place, settable };
}

/** The selector must choose the pods that are made, as Kubernetes asks. */
function checkSelector(spec: Plain, template: Plain, reader: PodReader): void {
  const path = ['spec', 'selector', 'matchLabels'];
  const wanted = at(spec, 'selector', 'matchLabels');
  checkLabels(reader, wanted, path);
  const labels = object(at(template, 'metadata', 'labels'));
  for (const [key, value] of Object.entries(object(wanted))) {
    if (labels[key] === value) continue;
    const expected = `the label that the template has (${key}: ${String(labels[key])})`;
    misfit(reader, value, [...path, key], expected);
  }
  const own = ['spec', 'selector', 'matchExpressions'];
  listOf(reader, at(spec, 'selector', 'matchExpressions'), own).forEach((value, i) => {
    checkExpression(object(value), labels, reader, [...own, i]);
  });
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** One `matchExpressions` entry (apimachinery, meta/v1/validation). */
function checkExpression(
  { key, operator, values }: Plain,
  labels: Plain,
  reader: PodReader,
  path: readonly PropertyKey[],
): void {
  if (typeof operator !== 'string' || !operators.includes(operator)) {
    misfit(reader, operator ?? null, [...path, 'operator'], 'an operator', operators);
    return;
  }
  mustFit(reader, qualifiedName, key ?? '', [...path, 'key']);
  const named = listOf(reader, values, [...path, 'values']);
  const isOfValues = operator === 'In' || operator === 'NotIn';
  if (isOfValues !== named.length > 0) {
    const expected = isOfValues ? 'a list of values' : `none with the operator ${operator}`;
    misfit(reader, values ?? null, [...path, 'values'], expected);
    return;
  }
  named.forEach((one, i) => {
    mustFit(reader, labelValue, one ?? 0, [...path, 'values', i]);
  });
  const has = typeof key === 'string' && Object.hasOwn(labels, key);
  const isAmong = has && named.includes(labels[key]);
  const chosen = { In: isAmong, NotIn: !isAmong, Exists: has, DoesNotExist: !has }[operator];
  if (chosen === true) return;
  const template = has ? `its ${key} is ${String(labels[key])}` : `it has no ${String(key)}`;
  const message = `the selector does not choose the template's pods: ${template}`;
  reader.problems.push({ place: reader.place(path), message });
}

const imagesConfig = '/etc/otelcol-contrib/config.yaml';

/** What the collector is called with; its image's own arguments count where none are written. */
function argsOf({ command, args }: Pick<Workload, 'command' | 'args'>): readonly string[] {
  const written = [...command.slice(1), ...args];
  return command.length + args.length === 0 ? [`--config=${imagesConfig}`] : written;
}

/** The file that `--config` names. */
function configPathOf({ args: words }: Workload): string {
  const index = words.findIndex((word) => word === '--config' || word.startsWith('--config='));
  const named = words[index]?.includes('=') ? words[index]?.split('=')[1] : words[index + 1];
  return (named ?? imagesConfig).replace(/^file:/, '');
}

/** The configuration in the volumes that are mounted; what of it is no YAML is a problem. */
function findConfig(
  workload: Workload,
  pod: Plain,
  path: string,
  reader: PodReader,
): Pick<RawWorkload, 'config' | 'place' | 'settable'> {
  const none = { config: undefined, place: () => workload.place };
  for (const mount of workload.mounts) {
    const volume = workload.volumes.find((v) => v.name === mount.volume);
    if (!volume || !('files' in volume.source)) continue;
    const written = mountedFiles(mount, volume.source.files)[path];
    if (written === undefined) continue;
    const source = sourceOf(pod, mount, path, reader);
    const inside = source?.inside ?? none.place;
    const { documents, problems } = parseYaml(path, written);
    for (const { place, message } of problems) {
      reader.problems.push({ place: inside(place.line, place.column), message });
    }
    const [document] = documents;
    if (problems.length > 0 || !document) return none;
    // An edit writes the text anew: lines are those of the file.
    const [original = document] = parseYaml(path, source?.written ?? written).documents;
    const place: RawWorkload['place'] = (at) => {
      const { line, column } = original.place(at);
      const setBy = source?.setBy(at);
      return { ...inside(line, column), ...(setBy === undefined ? {} : { setBy }) };
    };
    return { config: object(document.value), place, settable: source?.settable };
  }
  return none;
}

/** What a mounted text is of: a key of a ConfigMap or Secret. */
interface Source {
  /** Where a line of it stands. */
  readonly inside: (line: number, column: number) => Place;
  /** It as the file has it, where an edit has set something in it. */
  readonly written: string | undefined;
  /** What set the value at a path of it. */
  readonly setBy: (path: readonly PropertyKey[]) => string | undefined;
  readonly settable: string | undefined;
}

function sourceOf(pod: Plain, mount: Mount, path: string, reader: PodReader): Source | undefined {
  const written = object(list(pod.volumes).find((v) => object(v).name === mount.volume));
  const [kind, source] =
    written.configMap === undefined
      ? ['Secret', object(written.secret)]
      : ['ConfigMap', object(written.configMap)];
  const name = source.name ?? source.secretName;
  const resource = reader.resources.find(
    (r) => r.kind === kind && r.name === name && r.namespace === reader.namespace,
  );
  const item = list(source.items).find((i) =>
    Object.hasOwn(mountedFiles(mount, { [String(object(i).path)]: '' }), path),
  );
  const key = String(object(item).key ?? path.split('/').at(-1));
  const part = ['data', 'stringData'].find((p) => Object.hasOwn(object(resource?.value[p]), key));
  if (!resource || part === undefined) return undefined;
  const at = [part, key];
  // A Secret's data is no text that has lines; nor has what was set in place of the file's.
  const hasLines = (part === 'stringData' || kind === 'ConfigMap') && !resource.place(at).setBy;
  const isReached = kind === 'ConfigMap' || part === 'stringData';
  return {
    inside: (line, column) =>
      hasLines ? resource.placeInside(at, line, column) : resource.place(at),
    written: resource.written?.get(key),
    setBy: (inside) => resource.place([...at, ...inside]).setBy,
    settable: isReached ? `${kind}/${String(name)}:${part}["${key}"]` : undefined,
  };
}
