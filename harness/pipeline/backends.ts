import type { Place, Problem } from '../lib/errors.ts';
import type { BenchFile } from './bench-file.ts';
import { nearest } from './read.ts';
import {
  type Backend,
  type BackendKind,
  type BackendPorts,
  backendKinds,
  kindOf,
  type Output,
  type Pipeline,
  type Signal,
} from './types.ts';

/** An exporter sends a signal to a host that is no Service of the folder. */
export interface Sent {
  readonly exporter: string;
  readonly host: string;
  readonly port: number;
  readonly protocol: 'grpc' | 'http';
  readonly signal: Signal;
  /** Where the exporter names the host. */
  readonly place: Place;
}

export interface BackendContext {
  readonly backends: Map<string, Backend>;
  readonly bench: BenchFile | undefined;
  /** What was taken for what, of hosts that nobody declared. */
  readonly guessed: string[];
  /** Problems of what may be a Service that could not be read. */
  readonly missing: Problem[];
}

/**
 * The backend that a host is: the one that the bench file declares, else a guess by its name and by
 * what is sent to it, which is noted. A name that is a slip of another is a problem.
 *
 * @returns its id; undefined after a problem
 */
export function backendFor(sent: Sent, context: BackendContext): string | undefined {
  const { host, port, protocol, signal, place } = sent;
  const id = `${host}:${port}`;
  const known = context.backends.get(id);
  const kind = known?.kind ?? kindFor(sent, context);
  if (kind === undefined) return undefined;
  const isOther = kind !== kindOf[signal];
  if (isOther || (kind !== 'tempo' && protocol === 'grpc')) {
    const message = isOther
      ? `${id} gets ${signal} beside what ${kind} takes; one backend host takes one signal here`
      : `${signal} over gRPC to ${id}: ${kind} takes OTLP over HTTP only`;
    context.missing.push({ place, message, hint: 'give each signal a host of its own' });
    return undefined;
  }
  const ports = portsOf(host, context);
  if (!known && !ports && port !== usualPorts[kind][protocol]) {
    const says = context.bench?.backends ? `${context.bench.file} says no ports` : 'nobody says so';
    const usual = tellPorts(usualPorts[kind]);
    context.guessed.push(`${id} is taken for a port of ${kind}’s (${says}; its own: ${usual})`);
  }
  context.backends.set(id, { id, host, port, protocol, ports, kind, signals: [signal], place });
  return id;
}

/** Where backends of a kind listen for data, unless they are told otherwise. */
const usualPorts: Readonly<Record<BackendKind, BackendPorts>> = {
  tempo: { grpc: 4317, http: 4318 },
  loki: { http: 3100 },
  prometheus: { http: 9090 },
};

const portsOf = (host: string, { bench }: BackendContext): BackendPorts | undefined =>
  bench?.backends?.find((backend) => backend.host === host)?.ports;

/** What a backend speaks at the port that is sent to; undefined where nobody listens. */
export function spokenAt({
  port,
  protocol,
  ports,
}: Pick<Backend, 'port' | 'protocol' | 'ports'>): 'grpc' | 'http' | undefined {
  if (!ports) return protocol;
  return port === ports.grpc ? 'grpc' : port === ports.http ? 'http' : undefined;
}

/** Of what is sent to a port that does not take it: where the backend listens by its author. */
export function listensElsewhere(
  { host, port, protocol }: Pick<Sent, 'host' | 'port' | 'protocol'>,
  context: BackendContext,
): Pick<Output, 'listensAt'> {
  const ports = portsOf(host, context);
  if (!ports || spokenAt({ port, protocol, ports }) === protocol) return {};
  return { listensAt: tellPorts(ports) };
}

const tellPorts = ({ grpc, http }: BackendPorts): string =>
  [grpc && `${grpc} (gRPC)`, http && `${http} (HTTP)`].filter((text) => text).join(' and ');

/** What each exporter that leads to a port at which nobody takes it is told before the run. */
export const saidOfPorts = ({ tiers }: Pick<Pipeline, 'tiers'>): string[] =>
  tiers.flatMap(({ name, outputs }) =>
    outputs.flatMap(({ to, exporter, listensAt }) => {
      if (listensAt === undefined || !('backend' in to)) return [];
      return `${name}/${exporter.id} sends to ${to.backend}, which listens at ${listensAt} instead`;
    }),
  );

function kindFor(sent: Sent, { bench, missing, guessed }: BackendContext): BackendKind | undefined {
  const { exporter, host, port, signal, place } = sent;
  const sends = `exporter "${exporter}" sends to "${host}:${port}"`;
  if (bench?.backends) {
    const declared = bench.backends.find((backend) => backend.host === host);
    if (declared) return declared.kind;
    const hosts = bench.backends.map((backend) => backend.host);
    const { known, hint } = nearest(host, hosts);
    missing.push({
      place,
      message: `${sends}, which ${bench.file} does not name as a backend`,
      ...(known ? { known } : {}),
      hint: hint ?? `add to its backends: { host: ${host}, kind: ${kindOf[signal]} }`,
    });
    return undefined;
  }
  const [name = ''] = host.split('.');
  const meant = slipOf(name);
  if (meant) {
    const hint =
      `did you mean "${meant}"? Of a backend that is called so, say what it is in a file ` +
      `<folder>.bench.yaml beside the folder: backends: [{ host: ${host}, kind: ${meant} }]`;
    missing.push({ place, message: `${sends}, which is no Service of the folder`, hint });
    return undefined;
  }
  const kind = backendKinds.find((own) => own === name) ?? kindOf[signal];
  guessed.push(`${host}:${port} is taken for ${kind} (it gets ${signal}; no bench file says)`);
  return kind;
}

/** The kind whose name this is a slip of: one letter off, or two that changed places. */
function slipOf(name: string): BackendKind | undefined {
  const letters = (word: string): string => [...word].sort().join('');
  return backendKinds.find((kind) => {
    // `tempo2` and `loki-write` are meant so.
    if (name.startsWith(kind)) return false;
    return letters(name) === letters(kind) || nearest(name, [kind], 1).hint !== undefined;
  });
}
