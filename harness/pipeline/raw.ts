import { checkArguments } from './arguments.ts';
import { checkLabels, checkMarks, mustFit } from './check-resource.ts';
import { type CollectorConfig, readConfig, valuesOf, type Word } from './config-sources.ts';
import type { PodReader } from './contents.ts';
import { checkFields, checkShapes, noteFields } from './fields.ts';
import { imagesConfig, isOfProject } from './images.ts';
import { dnsLabel, labelValue, portName, qualifiedName } from './kubernetes-rules.ts';
import { at, list, listOf, misfit, object, type Plain, text, texts } from './read.ts';
import type { Resource, Workload } from './types.ts';
import { readPod, readReplicas } from './workloads.ts';

/** A DaemonSet, StatefulSet or Deployment that a person wrote, with the collector config found. */
export interface RawWorkload extends CollectorConfig {
  readonly workload: Workload;
  /** Whether its command line names a configuration. */
  readonly isNamed: boolean;
}

/**
 * Of the project, or of a vendor who builds it (`aws-otel-collector`, `splunk-otel-collector`).
 * What else comes from the same place, as `opentelemetry-collector-contrib/telemetrygen`, is none.
 */
export const isCollectorImage = (image: string): boolean =>
  /(otelcol|opentelemetry-collector|otel-collector|nrdot-collector)[^/]*$/.test(image);

/** Jaeger is configured as a collector is, and is what a collector sends to. */
export const isBackendImage = (image: string): boolean => /(^|\/)jaegertracing\/[^/]+$/.test(image);

const kinds = {
  DaemonSet: 'daemonset',
  StatefulSet: 'statefulset',
  Deployment: 'deployment',
} as const;

export const isRawWorkload = (resource: Resource): boolean => resource.kind in kinds;

/**
 * Reads a raw workload by the container that is a collector; the others of the pod are left out.
 * @returns undefined where none is, or where two are, which is a problem
 */
export function readRawWorkload(resource: Resource, reader: PodReader): RawWorkload | undefined {
  const spec = object(resource.value.spec);
  const template = object(spec.template);
  const pod = object(template.spec);
  const path = ['spec', 'template', 'spec'];
  const chosen = collectorContainer(resource, list(pod.containers).map(object), reader);
  if (!chosen) return undefined;
  const { container, index } = chosen;
  const own = [...path, 'containers', index];
  const kind = kinds[resource.kind as keyof typeof kinds];
  checkFields(resource, reader);
  checkShapes(pod, path, reader);
  checkShapes(container, own, reader);
  checkMarks(reader, object(template.metadata), ['spec', 'template', 'metadata']);
  checkSelector(spec, template, reader);
  mustFit(reader, dnsLabel, container.name ?? '', [...own, 'name']);
  const read = readPod(pod, container, reader, {
    pod: path,
    container: own,
    claims: spec.volumeClaimTemplates,
    account: 'serviceAccountName',
    portName,
  });
  const strings = (value: unknown): Record<string, string> =>
    Object.fromEntries(Object.entries(object(value)).map(([k, v]) => [k, String(v)]));
  const { words, isNamed, otherwise } = callOf(container, read.image, own, reader);
  const workload: Workload = {
    ...read,
    args: words.map((word) => word.text),
    kind,
    name: resource.name,
    namespace: resource.namespace,
    replicas: readReplicas(reader, spec),
    labels: strings(at(template, 'metadata', 'labels')),
    podAnnotations: strings(at(template, 'metadata', 'annotations')),
    place: reader.place(own),
  };
  const config = readConfig(workload, words, otherwise, pod, reader);
  if (config.config) {
    checkArguments(words, read.image, read.command, reader);
    noteFields(resource, pod, path, reader);
    for (const { name } of chosen.others) {
      const what = `container "${String(name)}" is no collector; it is left out`;
      reader.notes.push(`${resource.kind}/${resource.name}: ${what}`);
    }
  }
  return { workload, isNamed, ...config };
}

/** The only container of a pod, or the only one of several whose image is a collector. */
function collectorContainer(
  { kind, name }: Resource,
  containers: readonly Plain[],
  reader: PodReader,
): { container: Plain; index: number; others: readonly Plain[] } | undefined {
  const isCollector = ({ image }: Plain): boolean => isCollectorImage(text(image) ?? '');
  const collectors = containers.filter(isCollector);
  const [container = {}, second] = containers.length > 1 ? collectors : containers;
  const place = reader.place(['spec', 'template', 'spec', 'containers']);
  if (containers.length === 0) {
    reader.problems.push({ place, message: `${kind} "${name}" has no containers` });
    return undefined;
  }
  if (second) {
    const message = `${collectors.length} containers of one pod are collectors; one is followed`;
    const hint = 'give each a workload of its own, for the test in a copy of the folder';
    reader.problems.push({ place, message, hint });
    return undefined;
  }
  const index = Math.max(0, containers.indexOf(container));
  return { container, index, others: containers.filter((one) => one !== container) };
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

/** How a collector is called; its image's own arguments count where none are written. */
function callOf(
  container: Plain,
  image: string,
  path: readonly PropertyKey[],
  reader: PodReader,
): { words: Word[]; isNamed: boolean; otherwise: string | undefined } {
  const read = (key: 'command' | 'args'): Word[] =>
    texts(container[key]).map((text, i) => ({ text, place: reader.place([...path, key, i]) }));
  const [command, args] = [read('command'), read('args')];
  const words = [...command.slice(1), ...args];
  const isNamed = valuesOf('config', words).length > 0;
  const own = imagesConfig(image);
  if (command.length + args.length > 0) {
    // The arguments of the image are those that name its own file.
    return { words, isNamed, otherwise: isOfProject(image) ? undefined : own };
  }
  const byImage = own === undefined ? [] : [{ text: `--config=${own}`, place: reader.place(path) }];
  return { words: byImage, isNamed, otherwise: undefined };
}
