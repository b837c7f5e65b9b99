import { withVariables } from '../lib/expansion.ts';
import { type BackendContext, backendFor, listensElsewhere } from './backends.ts';
import { onlyYaml } from './contents.ts';
import { type Endpoint, endpointOf, hopTypes } from './endpoint.ts';
import { addressesIn, nodeField } from './endpoint-variables.ts';
import { at, nearest, type Reader } from './read.ts';
import { podOf } from './resolvers.ts';
import { sinks } from './sinks.ts';
import type {
  Component,
  EnvironmentVariable,
  Output,
  Service,
  Signal,
  SignalPipeline,
  Workload,
} from './types.ts';

/** `place` is relative to the config. */
export interface OutputContext extends Reader, BackendContext {
  /** Name of the tier that sends. */
  readonly tier: string;
  readonly namespace: string;
  readonly services: readonly Service[];
  /** Ports of workloads that have a pod a node. */
  readonly onNodes: readonly {
    readonly workload: string;
    readonly ports: Workload['ports'];
  }[];
  /** Of the tier's pods. */
  readonly environment: readonly EnvironmentVariable[];
  /** Name of the tier whose workload has this name. */
  readonly tierOf: (workload: string) => string;
  readonly notes: string[];
}

/**
 * Where each exporter of a tier's pipelines sends to: another tier, or a backend. One that several
 * pipelines of a signal name is one: the collector makes an exporter a signal and id (v0.152.0,
 * service/internal/graph/graph.go).
 */
export function readOutputs(
  pipelines: readonly SignalPipeline[],
  context: OutputContext,
): Output[] {
  const read = new Set<string>();
  return pipelines.flatMap((pipeline) =>
    pipeline.exporters.flatMap((exporter): Output[] => {
      if (exporter.kind === 'connectors') return [];
      if (sinks.has(exporter.type)) {
        const what = `what exporter ${exporter.id} of pipeline "${pipeline.id}" gets ends there`;
        context.notes.push(what);
        return [];
      }
      const name = `${pipeline.signal} ${exporter.id}`;
      if (read.has(name)) return [];
      read.add(name);
      const endpoint = endpointFor(exporter, pipeline.signal, context);
      return endpoint ? [toOutput(exporter, pipeline.signal, endpoint, context)].flat() : [];
    }),
  );
}

function endpointFor(
  exporter: Component,
  signal: Signal,
  context: OutputContext,
): Endpoint | undefined {
  if (!hopTypes.includes(exporter.type)) {
    context.problems.push({
      place: exporter.place,
      message: `exporter "${exporter.id}": where it sends to is not understood`,
      known: [...hopTypes, ...sinks],
      hint: 'leave it out for this run with --set, or run it on kind, where it is not recorded',
    });
    return undefined;
  }
  return endpointOf(withAddress(exporter, context), signal, (message, hint) => {
    const place = placeOfEndpoint(exporter, signal, context);
    context.problems.push({ place, message, ...(hint ? { hint } : {}) });
  });
}

/** The exporter with what its pod's environment says of where it sends to. */
function withAddress(exporter: Component, { environment }: OutputContext): Component {
  const lookUp = addressesIn(environment);
  const config = Object.entries(exporter.config).map(([key, value]) => {
    const isAddress = typeof value === 'string' && /endpoint$/.test(key);
    return [key, isAddress ? withVariables(value, lookUp) : value] as const;
  });
  return { ...exporter, config: Object.fromEntries(config) };
}

function toOutput(
  exporter: Component,
  signal: Signal,
  endpoint: Endpoint,
  context: OutputContext,
): Output[] {
  const { host, port, protocol, tls, loadBalancing } = endpoint;
  const common = { signal, exporter, protocol, tls, loadBalancing };
  if (host === nodeField && !loadBalancing) {
    const to = onOwnNode(port, exporter, signal, context);
    return to ? [{ ...common, to }] : [];
  }
  const isStatic = endpoint.others !== undefined;
  const service = isStatic
    ? staticService(endpoint, exporter, context)
    : findService(host, context);
  if (isStatic && !service) return [];
  if (service) {
    const isOfPods = loadBalancing && !(isStatic && !podOf(host, service));
    if (!isOfPods) noteMissingPort(service, port, exporter, signal, context);
    const own = isOfPods ? port : podPort(service, port);
    const to = { tier: context.tierOf(service.workload), service: service.name, port: own };
    return [{ ...common, to }];
  }
  const place = placeOfEndpoint(exporter, signal, context);
  const known = context.services.map((s) => s.name);
  const hint = likelyService(host, context);
  if (loadBalancing) {
    context.missing.push({
      place,
      message: `exporter "${exporter.id}" spreads over Service "${host}", which the folder does not have`,
      hint: onlyYaml,
      ...nearest(host, known),
      ...(hint ? { hint } : {}),
    });
    return [];
  }
  if (hint) {
    context.missing.push({
      place,
      message: `exporter "${exporter.id}" sends to "${host}", which is no Service of the folder`,
      known,
      hint: `${hint} Of a backend that has such a name, write the namespace too`,
    });
    return [];
  }
  const id = backendFor(
    { exporter: withAddress(exporter, context), host, port, protocol, tls, signal, place },
    context,
  );
  if (id === undefined) return [];
  return [{ ...common, to: { backend: id }, ...listensElsewhere(endpoint, context) }];
}

/** The DaemonSet's pod that has a port of the sender's own node. */
function onOwnNode(
  port: number,
  exporter: Component,
  signal: Signal,
  context: OutputContext,
): Extract<Output['to'], { readonly tier: string }> | undefined {
  for (const { workload, ports } of context.onNodes) {
    const own = ports.find(({ hostPort }) => hostPort === port);
    if (own) return { tier: context.tierOf(workload), service: 'its node', port: own.port };
  }
  const has = 'which no DaemonSet of the folder has as its hostPort';
  const message = `exporter "${exporter.id}" sends to port ${port} of its own node, ${has}`;
  const place = placeOfEndpoint(exporter, signal, context);
  const hint = `add the agent, or hostPort: ${port} to its port. ${onlyYaml}`;
  context.missing.push({ place, message, hint });
  return undefined;
}

/** The Service that all hosts of a static resolver are, or are pods of; problems where not. */
function staticService(
  endpoint: Endpoint,
  exporter: Component,
  context: OutputContext,
): Service | undefined {
  const place = context.place(['exporters', exporter.id, 'resolver', 'static', 'hostnames']);
  const found = [endpoint, ...(endpoint.others ?? [])].map((one) => {
    const service = findService(one.host, context) ?? serviceOfPod(one.host, context);
    if (!service) {
      const message = `exporter "${exporter.id}" spreads over "${one.host}", which is no Service of the folder and no pod of one`;
      const known = context.services.map((s) => s.name);
      context.missing.push({ place, message, hint: onlyYaml, ...nearest(one.host, known) });
    }
    return service && { service, port: one.port };
  });
  const [first] = found;
  if (!first || found.some((one) => one === undefined)) return undefined;
  const isOne = found.every(
    (one) => one?.service.workload === first.service.workload && one.port === first.port,
  );
  if (isOne) return first.service;
  const message = `exporter "${exporter.id}" spreads over several tiers or ports; one of each is followed`;
  context.problems.push({ place, message });
  return undefined;
}

/** The Service of a pod's own name: `sampler-collector-0.sampler-collector-headless`. */
function serviceOfPod(host: string, context: OutputContext): Service | undefined {
  const service = findService(host.split('.').slice(1).join('.'), context);
  return service?.headless && podOf(host, service) ? service : undefined;
}

/**
 * Says where a Service does not lead on from a port: nobody answers there, which the run shows. A
 * headless one tells addresses only.
 */
function noteMissingPort(
  { name, headless, ports }: Service,
  port: number,
  exporter: Component,
  signal: Signal,
  context: OutputContext,
): void {
  if (headless || ports.some((own) => own.port === port)) return;
  const { file, line } = placeOfEndpoint(exporter, signal, context);
  const known = ports.map((own) => own.port).join(', ');
  const note = `${context.tier}: ${exporter.id} gets no answer at port ${port} of Service "${name}", which has ${known}; ${file}:${line}: correct the port, or add it to the Service`;
  if (!context.notes.includes(note)) context.notes.push(note);
}

/** The port of a pod to which one of its Service leads; a headless Service only tells addresses. */
const podPort = ({ headless, ports }: Service, port: number): number =>
  (headless ? undefined : ports.find((own) => own.port === port)?.targetPort) ?? port;

/** Where an exporter says what it sends to. */
function placeOfEndpoint(exporter: Component, signal: Signal, context: OutputContext) {
  const own = `${signal}_endpoint`;
  const ways = [
    [own],
    ['endpoint'],
    ['resolver', 'k8s', 'service'],
    ['resolver', 'dns', 'hostname'],
    ['resolver', 'static', 'hostnames'],
  ];
  const way = ways.find((path) => at(exporter.config, ...path) !== undefined) ?? [];
  return context.place(['exporters', exporter.id, ...way]);
}

/** The Service that a name is a slip of, as a hint. */
function likelyService(
  host: string,
  { namespace, services }: Pick<OutputContext, 'namespace' | 'services'>,
): string | undefined {
  const [name = '', written] = host.split('.');
  const elsewhere = services.find((s) => s.name === name)?.namespace;
  if (elsewhere !== undefined) {
    const isMeant = written === undefined || nearest(written, [elsewhere], 2).hint;
    return isMeant ? `did you mean "${name}.${elsewhere}"?` : undefined;
  }
  const own = services.filter((s) => s.namespace === (written ?? namespace)).map((s) => s.name);
  const made = `${name}-collector`;
  if (own.includes(made)) return `did you mean "${made}"?`;
  // Short names are near to each other without being meant.
  return nearest(name, own, Math.min(2, Math.floor(name.length / 4))).hint;
}

/** `name`, `name.ns`, `name.ns.svc` and `name.ns.svc.cluster.local` all mean one Service. */
function findService(
  host: string,
  context: { readonly namespace: string; readonly services: readonly Service[] },
): Service | undefined {
  const [name, namespace = context.namespace, ...rest] = host.split('.');
  if (rest.length > 0 && rest[0] !== 'svc') return undefined;
  return context.services.find((s) => s.name === name && s.namespace === namespace);
}
