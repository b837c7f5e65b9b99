import { stringify } from 'yaml';
import { allocatorServices, withAllocator } from './allocator.ts';
import { checkMarks, mustFit } from './check-resource.ts';
import { readComponents, writtenType } from './components.ts';
import type { PodReader } from './contents.ts';
import { checkCollector } from './fields.ts';
import { dnsLabel, word } from './kubernetes-rules.ts';
import { healthEndpoint, withEndpoints } from './operator-endpoints.ts';
import { defaultImage } from './operator-image.ts';
import { highestPort, list, misfit, nearest, number, object, type Plain, text } from './read.ts';
import { carriersOf } from './sidecar.ts';
import { podsVolumes } from './sidecar-volumes.ts';
import type { Component, EnvironmentVariable, Resource, Service, Workload } from './types.ts';
import { readPod, readReplicas } from './workloads.ts';

/**
 * What operator 0.148 makes of an OpenTelemetryCollector: names, Services, environment, defaults.
 * Source: opentelemetry-operator v0.148.0, internal/manifests/collector (container.go, service.go,
 * statefulset.go, daemonset.go), internal/naming.
 */
export interface Rendered {
  readonly workload: Workload;
  readonly services: readonly Service[];
  readonly config: Plain;
}

const modes = ['daemonset', 'statefulset', 'deployment', 'sidecar'] as const;

/** Renders one OpenTelemetryCollector (v1beta1); undefined after a problem was reported. */
export function renderCollector(resource: Resource, reader: PodReader): Rendered | undefined {
  const spec = object(resource.value.spec);
  const mode = modes.find((m) => m === (text(spec.mode) ?? 'deployment'));
  if (resource.apiVersion !== 'opentelemetry.io/v1beta1') {
    reader.problems.push({
      place: reader.place(['apiVersion']),
      message: `apiVersion ${resource.apiVersion}, expected opentelemetry.io/v1beta1`,
    });
    return undefined;
  }
  if (!mode) {
    const message = `mode "${text(spec.mode)}" can't be run`;
    const place = reader.place(['spec', 'mode']);
    reader.problems.push({ place, message, ...nearest(spec.mode, modes) });
    return undefined;
  }
  if (typeof spec.config !== 'object' || spec.config === null) {
    misfit(reader, spec.config ?? null, ['spec', 'config'], 'the collector’s config as a mapping');
    return undefined;
  }
  checkCollector(resource, mode, reader);
  checkMarks(reader, { annotations: spec.podAnnotations }, ['spec']);
  for (const [key, value] of Object.entries(object(spec.args))) {
    mustFit(reader, word, key, ['spec', 'args', key]);
    mustFit(reader, word, value, ['spec', 'args', key]);
  }
  const config = withDefaultConfig(object(spec.config));
  const components = readComponents(config, (path) => reader.place(['spec', 'config', ...path]));
  const container = { ...spec, args: [], ports: spec.ports };
  const { volumes = spec.volumes, ...inPods } =
    mode === 'sidecar' ? placeInPods(resource, reader) : {};
  const ownPod = { ...spec, volumes, serviceAccountName: spec.serviceAccount };
  const pod = readPod(
    ownPod,
    container,
    { ...reader, ...inPods },
    {
      pod: ['spec'],
      container: ['spec'],
      claims: spec.volumeClaimTemplates,
      account: 'serviceAccount',
      portName: dnsLabel,
    },
  );
  const name = `${resource.name}-collector`;
  const inferred = inferPorts(components, reader).map((port) =>
    spec.hostNetwork === true ? { ...port, hostPort: port.port } : port,
  );
  const ports = [...pod.ports.filter((p) => p.port > 0), ...inferred].filter(
    (port, i, all) => all.findIndex((other) => other.port === port.port) === i,
  );
  const workload: Workload = {
    ...pod,
    kind: mode,
    name,
    namespace: resource.namespace,
    ...inPods,
    replicas: readReplicas(reader, spec),
    labels: labelsOf(resource, name),
    podAnnotations: annotationsOf(spec),
    serviceAccount: mode === 'sidecar' ? 'default' : (text(spec.serviceAccount) ?? name),
    image: pod.image || defaultImage(reader.resources),
    args: ['--config=/conf/collector.yaml', ...extraArgs(spec)],
    ports: [...ports, { name: 'metrics', port: 8888 }],
    environment: withDefaults(pod.environment),
    volumes: [
      {
        name: 'otc-internal',
        source: {
          files: { 'collector.yaml': stringify(withAllocator(config, spec, resource.name)) },
        },
      },
      ...pod.volumes,
    ],
    mounts: [{ volume: 'otc-internal', path: '/conf', readOnly: true }, ...pod.mounts],
    place: reader.place(['spec']),
  };
  const services = mode === 'sidecar' ? [] : servicesOf(resource, name, ports);
  return { workload, services: [...services, ...allocatorServices(spec, resource)], config };
}

/** A sidecar runs in the pods of applications, with their account and under no Service. */
function placeInPods(resource: Resource, reader: PodReader) {
  const { carriers, ...inPods } = carriersOf(resource, reader);
  const inherited = podsVolumes(resource, carriers, reader);
  const own = object(resource.value.spec).volumes;
  return { ...inPods, volumes: inherited.length > 0 ? [...list(own), ...inherited] : own };
}

/**
 * What the operator writes into a config that leaves it out: receivers and the health check on all
 * addresses, and a Prometheus reader with host and port only (apis/v1beta1/config.go,
 * ApplyDefaults; internal/components/extensions/healthcheckv1.go). An `address` of metrics, which
 * would be left as it is, is a reader by then (older-settings.ts).
 */
function withDefaultConfig(config: Plain): Plain {
  const receivers = Object.entries(object(config.receivers)).map(([id, value]) => [
    id,
    withEndpoints(id, value),
  ]);
  const extensions = Object.entries(object(config.extensions)).map(([id, value]) => [
    id,
    writtenType(id) === 'health_check' ? withHealthDefaults(object(value)) : value,
  ]);
  const service = object(config.service);
  const telemetry = object(service.telemetry);
  const metrics = object(telemetry.metrics);
  const written = metrics.readers !== undefined;
  const reader = { pull: { exporter: { prometheus: { host: '0.0.0.0', port: 8888 } } } };
  return {
    ...config,
    receivers: Object.fromEntries(receivers),
    ...(config.extensions === undefined ? {} : { extensions: Object.fromEntries(extensions) }),
    service: {
      ...service,
      telemetry: { ...telemetry, metrics: written ? metrics : { ...metrics, readers: [reader] } },
    },
  };
}

function withHealthDefaults(settings: Plain): Plain {
  const endpoint = text(settings.endpoint) || healthEndpoint;
  const path = text(settings.path) || '/';
  return { ...settings, endpoint: endpoint.replace(/^:/, '0.0.0.0:'), path };
}

function labelsOf(resource: Resource, name: string): Record<string, string> {
  const own = Object.entries(object(object(resource.value.metadata).labels));
  return {
    ...Object.fromEntries(own.map(([key, value]) => [key, String(value)])),
    'app.kubernetes.io/managed-by': 'opentelemetry-operator',
    'app.kubernetes.io/instance': `${resource.namespace}.${resource.name}`,
    'app.kubernetes.io/part-of': 'opentelemetry',
    'app.kubernetes.io/component': 'opentelemetry-collector',
    'app.kubernetes.io/name': name,
  };
}

function annotationsOf(spec: Plain): Record<string, string> {
  const own = Object.entries(object(spec.podAnnotations));
  return Object.fromEntries(own.map(([key, value]) => [key, String(value)]));
}

function extraArgs(spec: Plain): string[] {
  return Object.entries(object(spec.args))
    .filter(([key]) => key !== 'config')
    .map(([key, value]) => `--${key}=${value}`)
    .sort();
}

/** The operator's own variables yield to the user's. GOMEMLIMIT is the limit itself, in bytes. */
function withDefaults(own: readonly EnvironmentVariable[]): EnvironmentVariable[] {
  const defaults: EnvironmentVariable[] = [
    { name: 'POD_NAME', value: { field: 'metadata.name' } },
    { name: 'GOMEMLIMIT', value: { limit: 'limits.memory' } },
    { name: 'GOMAXPROCS', value: { limit: 'limits.cpu' } },
  ];
  const names = new Set(own.map((variable) => variable.name));
  return [...own, ...defaults.filter((variable) => !names.has(variable.name))];
}

/** Ports that the operator reads off the config: each receiver's and extension's endpoints. */
function inferPorts(
  components: readonly Component[],
  reader: PodReader,
): { name: string; port: number }[] {
  const ports: { name: string; port: number }[] = [];
  const add = (name: string, settings: Plain, path: readonly string[]): void => {
    const { endpoint } = settings;
    const port = Number(/:(\d+)$/.exec(text(endpoint) ?? '')?.[1]);
    if (port > highestPort) {
      const own = ['spec', 'config', ...path, 'endpoint'];
      misfit(reader, endpoint, own, `a port up to ${highestPort}`);
    } else if (port > 0) ports.push({ name: name.replace('/', '-'), port });
  };
  for (const { kind, id, config } of components) {
    if (kind !== 'receivers' && kind !== 'extensions') continue;
    add(id, config, [kind, id]);
    for (const [protocol, settings] of Object.entries(object(config.protocols))) {
      add(`${id}-${protocol}`, object(settings), [kind, id, 'protocols', protocol]);
    }
  }
  return ports;
}

function servicesOf(
  resource: Resource,
  name: string,
  ports: readonly { name: string; port: number }[],
): Service[] {
  const local = object(resource.value.spec).mode === 'daemonset';
  const service = (suffix: string, headless: boolean, own: typeof ports): Service => ({
    name: name + suffix,
    namespace: resource.namespace,
    headless,
    local: local && suffix === '',
    workload: name,
    ports: own.map((port) => ({ ...port, targetPort: port.port })),
  });
  const monitoring = service('-monitoring', false, [{ name: 'monitoring', port: 8888 }]);
  if (ports.length === 0) return [monitoring];
  return [service('', false, ports), service('-headless', true, ports), monitoring];
}

/** Services written in the folder whose selector fits a workload's labels. */
export function readServices(
  resources: readonly Resource[],
  workloads: readonly Workload[],
): Service[] {
  return resources.flatMap((resource): Service[] => {
    if (resource.kind !== 'Service') return [];
    const spec = object(resource.value.spec);
    const selector = Object.entries(object(spec.selector));
    const workload = workloads.find(
      (candidate) =>
        candidate.namespace === resource.namespace &&
        selector.length > 0 &&
        selector.every(([key, value]) => candidate.labels[key] === value),
    );
    if (!workload) return [];
    const ports = list(spec.ports).map((value) => {
      const written = object(value);
      const port = number(written.port) ?? 0;
      const target = written.targetPort;
      const named = workload.ports.find((p) => p.name === target)?.port;
      return {
        name: text(written.name) ?? '',
        port,
        targetPort: named ?? (number(target) || port),
      };
    });
    const headless = text(spec.clusterIP) === 'None';
    return [
      {
        name: resource.name,
        namespace: resource.namespace,
        headless,
        local: text(spec.internalTrafficPolicy) === 'Local',
        workload: workload.name,
        ports,
      },
    ];
  });
}
