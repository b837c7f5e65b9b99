import { parseYaml } from '../lib/yaml.ts';
import { checkLabels, checkMarks, mustFit } from './check-resource.ts';
import type { PodReader } from './contents.ts';
import { checkFields, checkShapes, noteFields } from './fields.ts';
import { dnsLabel, portName } from './kubernetes-rules.ts';
import { at, list, misfit, object, type Plain } from './read.ts';
import type { Resource, Workload } from './types.ts';
import { mountedFiles } from './volumes.ts';
import { readPod, readReplicas } from './workloads.ts';

/** A DaemonSet, StatefulSet or Deployment that a person wrote, with the collector config found. */
export interface RawWorkload {
  readonly workload: Workload;
  readonly config: Plain | undefined;
  /** Where the collector looks for it. */
  readonly configPath: string;
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
  const config = findConfig(workload, configPath, reader);
  if (config) noteFields(resource, pod, path, reader);
  return { workload, configPath, config };
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
function findConfig(workload: Workload, path: string, reader: PodReader): Plain | undefined {
  for (const mount of workload.mounts) {
    const volume = workload.volumes.find((v) => v.name === mount.volume);
    if (!volume || !('files' in volume.source)) continue;
    const written = mountedFiles(mount, volume.source.files)[path];
    if (written === undefined) continue;
    const { documents, problems } = parseYaml(path, written);
    for (const { place, message } of problems) {
      const where = `${workload.kind} "${workload.name}": ${path}:${place.line}:${place.column}`;
      reader.problems.push({ place: workload.place, message: `${where} ${message}` });
    }
    return problems.length > 0 ? undefined : object(documents[0]?.value);
  }
  return undefined;
}
