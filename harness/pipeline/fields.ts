import type { PodReader } from './contents.ts';
import { readInitContainers } from './init-containers.ts';
import { listOf, misfit, nearest, object, type Plain } from './read.ts';
import type { Resource, Workload } from './types.ts';

/**
 * Fields of an OpenTelemetryCollector's `spec` that are honoured, or that change nothing of a run.
 * With those below all of operator v0.148.0 (apis/v1beta1: opentelemetrycollector_types.go,
 * common.go).
 */
const honoured = [
  'args',
  'config',
  'configVersions',
  'daemonSetUpdateStrategy',
  'deploymentUpdateStrategy',
  'env',
  'envFrom',
  'image',
  'imagePullPolicy',
  'ipFamilies',
  'ipFamilyPolicy',
  'managementState',
  'mode',
  'observability',
  'persistentVolumeClaimRetentionPolicy',
  'podAnnotations',
  'podDisruptionBudget',
  'podManagementPolicy',
  'ports',
  'priorityClassName',
  'replicas',
  'resources',
  'serviceAccount',
  'targetAllocator',
  'terminationGracePeriodSeconds',
  'upgradeStrategy',
  'volumeClaimTemplates',
  'volumeMounts',
  'volumes',
];

/** Fields, of a pod's `spec` too, that only a cluster honours. */
const clusterOnly = [
  'additionalContainers',
  'affinity',
  'autoscaler',
  'configmaps',
  'dnsPolicy',
  'hostNetwork',
  'hostPID',
  'hostUsers',
  'httpRoute',
  'ingress',
  'initContainers',
  'lifecycle',
  'livenessProbe',
  'networkPolicy',
  'nodeSelector',
  'podDnsConfig',
  'podSecurityContext',
  'readinessProbe',
  'securityContext',
  'serviceName',
  'shareProcessNamespace',
  'startupProbe',
  'tolerations',
  'topologySpreadConstraints',
  'trafficDistribution',
];

/** Fields of the `spec` of workloads that a person wrote (apps/v1). */
const rawFields: Readonly<Record<string, readonly string[]>> = {
  DaemonSet: ['minReadySeconds', 'revisionHistoryLimit', 'selector', 'template', 'updateStrategy'],
  Deployment: [
    'minReadySeconds',
    'paused',
    'progressDeadlineSeconds',
    'replicas',
    'revisionHistoryLimit',
    'selector',
    'strategy',
    'template',
  ],
  StatefulSet: [
    'minReadySeconds',
    'ordinals',
    'persistentVolumeClaimRetentionPolicy',
    'podManagementPolicy',
    'replicas',
    'revisionHistoryLimit',
    'selector',
    'serviceName',
    'template',
    'updateStrategy',
    'volumeClaimTemplates',
  ],
};

/** A field of a workload that there is not is a problem, as it changes nothing. */
export function checkFields({ kind, name, value }: Resource, reader: PodReader): void {
  const check = (path: readonly string[], written: Plain, known: readonly string[]): void => {
    for (const key of Object.keys(written).filter((field) => !known.includes(field))) {
      const message = `${kind} "${name}" has no field ${[...path, key].join('.')}`;
      const place = reader.place([...path, key]);
      reader.problems.push({ place, message, ...nearest(key, known) });
    }
  };
  check([], value, ['apiVersion', 'kind', 'metadata', 'spec', 'status']);
  check(['spec'], object(value.spec), rawFields[kind] ?? [...honoured, ...clusterOnly].sort());
}

/** Fields of a collector that change nothing of this run, or that hold what they can't. */
export function checkCollector(
  resource: Resource,
  mode: Workload['kind'],
  reader: PodReader,
): void {
  const spec = object(resource.value.spec);
  checkFields(resource, reader);
  checkShapes(spec, ['spec'], reader, ['args', 'podAnnotations']);
  noteFields(resource, spec, ['spec'], reader);
  if (mode === 'daemonset' && spec.replicas != null) {
    reader.notes.push(
      `OpenTelemetryCollector/${resource.name}: a daemonset has a pod a node; spec.replicas counts for nothing`,
    );
  }
}

const lists = ['env', 'envFrom', 'ports', 'volumeClaimTemplates', 'volumeMounts', 'volumes'];

/** Fields of a pod or container that hold what they can't: they would read as if absent. */
export function checkShapes(
  written: Plain,
  path: readonly PropertyKey[],
  reader: PodReader,
  mappings: readonly string[] = [],
): void {
  for (const key of lists) listOf(reader, written[key], [...path, key]);
  const check = (outer: Plain, keys: readonly string[], at: readonly PropertyKey[]): void => {
    for (const key of keys) {
      const value = outer[key];
      if (value != null && object(value) !== value)
        misfit(reader, value, [...at, key], 'a mapping');
    }
  };
  check(written, ['resources', ...mappings], path);
  check(object(written.resources), ['limits', 'requests'], [...path, 'resources']);
}

const notHonoured = 'is not honoured by the embedded runtime';

function saidOfInit(pod: Plain): string {
  const { unknown, makes } = readInitContainers(pod);
  if (unknown.length > 0) return `${notHonoured} (${unknown.join(', ')})`;
  return makes.length > 0
    ? 'is not run: the folders that it makes in volumes are made'
    : 'is not run: it changes nothing here';
}

/** Notes the fields of a pod that the embedded runtime leaves aside. */
export function noteFields(
  { kind, name }: Resource,
  written: Plain,
  path: readonly string[],
  reader: PodReader,
): void {
  for (const key of Object.keys(written).filter((field) => clusterOnly.includes(field))) {
    const field = [...path, key].join('.');
    const said = key === 'initContainers' ? saidOfInit(written) : notHonoured;
    reader.notes.push(`${kind}/${name}: ${field} ${said}`);
  }
}
