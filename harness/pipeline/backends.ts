import type { Place, Problem } from '../lib/errors.ts';
import type { BenchFile } from './bench-file.ts';
import { nearest, object } from './read.ts';
import { standsFor } from './replaced.ts';
import {
  type Backend,
  type BackendKind,
  type BackendPorts,
  backendKinds,
  type Component,
  type EndKind,
  isProgram,
  kindOf,
  type Output,
  type Pipeline,
  type Signal,
} from './types.ts';

/** An exporter sends a signal to a host that is no Service of the folder. */
export interface Sent {
  readonly exporter: Component;
  readonly host: string;
  readonly port: number;
  readonly protocol: 'grpc' | 'http';
  /** The exporter speaks TLS. */
  readonly tls: boolean;
  readonly signal: Signal;
  /** Where the exporter names the host. */
  readonly place: Place;
}

export interface BackendContext {
  readonly backends: Map<string, Backend>;
  readonly bench: BenchFile | undefined;
  /** Those in which something of the folder is. */
  readonly namespaces: ReadonlySet<string>;
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
  const { exporter, host, port, protocol, tls, signal, place } = sent;
  const id = `${host}:${port}`;
  const known = context.backends.get(id);
  const kind = takesToo(known, sent, context) ?? kindFor(sent, context);
  if (kind === undefined) return undefined;
  // Who says where it listens has said that it does not listen so: that is for a run to show.
  const isToldApart = kind === kindOf[signal] && declaredAt(host, context)?.ports !== undefined;
  if (!takes(kind, signal, protocol) && !isToldApart) {
    const message =
      kind !== kindOf[signal]
        ? `${id} gets ${signal} beside what ${kind} takes; one host of ${kind} takes one signal here`
        : `${signal} over gRPC to ${id}: ${kind} takes OTLP over HTTP only`;
    const hint = `give each signal a host of its own, or declare it as what takes all: { host: ${host}, kind: otlp }`;
    context.missing.push({ place, message, hint });
    return undefined;
  }
  const declared = declaredAt(host, context);
  const ports = declared?.ports;
  if (isProgram(kind) && !known && !ports && port !== usualPorts[kind][protocol]) {
    const says = context.bench?.backends ? `${context.bench.file} says no ports` : 'nobody says so';
    const usual = tellPorts(usualPorts[kind]);
    context.guessed.push(`${id} is taken for a port of ${kind}’s (${says}; its own: ${usual})`);
  }
  const speaksTls =
    declared?.tls ??
    (known?.tls || isHttps(sent) || (tls && !isInside(host, context)) || isMeant(sent));
  if (declared?.tls === undefined && isInside(host, context) && tls) {
    const guess = speaksTls ? `speak TLS, as` : 'speak no TLS, although';
    const says = context.bench ? `${context.bench.file} says no tls` : 'no bench file says';
    context.guessed.push(`${id} is taken to ${guess} ${exporter.id} does (${says})`);
  }
  context.backends.set(id, {
    id,
    host,
    port,
    protocol,
    ports,
    kind,
    tls: speaksTls,
    signals: [...new Set([...(known?.signals ?? []), signal])],
    place: known?.place ?? place,
  });
  return id;
}

const takes = (kind: EndKind, signal: Signal, protocol: Sent['protocol']): boolean =>
  kind === 'otlp' || (kind === kindOf[signal] && (kind === 'tempo' || protocol === 'http'));

/** An address with a scheme is meant so; over gRPC TLS is what nobody has switched off. */
const isHttps = ({ tls, protocol, exporter }: Sent): boolean =>
  tls && (protocol === 'http' || /^https:/.test(String(exporter.config.endpoint)));

/** Who says whom to trust, or by which name, means TLS: it is not what was left on. */
const isMeant = ({ tls, exporter }: Sent): boolean =>
  tls && Object.keys(object(exporter.config.tls)).some((key) => key !== 'insecure');

/**
 * `tempo`, `jaeger.observability`, `jaeger.observability.svc...`: a name of the cluster's own. One
 * of two parts is a Service's where the second is a namespace that the folder uses; else it may as
 * well be outside, as `example.com` is.
 */
function isInside(host: string, { namespaces }: BackendContext): boolean {
  const [, namespace, ...rest] = host.split('.');
  if (namespace === undefined || isNamedAsKind(host)) return true;
  return rest.length === 0 ? namespaces.has(namespace) : /\.svc(\.|$)/.test(host);
}

const isNamedAsKind = (host: string): boolean =>
  backendKinds.some((kind) => kind === host.split('.')[0]);

/** The kind of a host that is known; one that was guessed takes all signals if it gets another. */
function takesToo(
  known: Backend | undefined,
  sent: Sent,
  context: BackendContext,
): EndKind | undefined {
  if (!known) return undefined;
  const { host, protocol, signal } = sent;
  const isTaken = takes(known.kind, signal, protocol);
  const isMore = !isRemoteWrite(sent) && context.guessed.includes(tellRemoteWrite(known.id));
  if (isTaken && !isMore) return known.kind;
  if (!isTaken && (declaredAt(host, context) || isNamedAsKind(host))) return known.kind;
  const others = context.guessed.filter((guess) => !guess.startsWith(`${known.id} is taken for `));
  context.guessed.splice(0, Infinity, ...others, tellOtlp(known.id));
  return 'otlp';
}

const tellOtlp = (id: string, why?: string): string =>
  `${id} is taken for an OTLP endpoint of all signals (${why === undefined ? '' : `${why}; `}no bench file says)`;

const isRemoteWrite = ({ exporter }: Sent): boolean => exporter.type === 'prometheusremotewrite';

const tellRemoteWrite = (id: string): string =>
  `${id} is taken for a place outside that takes remote write (no bench file says)`;

/** Where backends of a kind listen for data, unless they are told otherwise. */
const usualPorts: Readonly<Record<BackendKind, BackendPorts>> = {
  tempo: { grpc: 4317, http: 4318 },
  loki: { http: 3100 },
  prometheus: { http: 9090 },
};

const declaredAt = (host: string, { bench }: BackendContext) =>
  bench?.backends?.find((backend) => backend.host === host);

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
  const ports = declaredAt(host, context)?.ports;
  if (!ports || spokenAt({ port, protocol, ports }) === protocol) return {};
  return { listensAt: tellPorts(ports) };
}

/** The programs that stand behind a pipeline, and Prometheus, which scrapes every collector. */
export const programsOf = ({ backends }: Pick<Pipeline, 'backends'>): BackendKind[] => [
  ...new Set([...backends.map(({ kind }) => kind).filter(isProgram), 'prometheus' as const]),
];

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

function kindFor(sent: Sent, context: BackendContext): EndKind | undefined {
  const { bench, missing, guessed } = context;
  const { exporter, host, port, signal, place } = sent;
  if (standsFor(exporter) !== undefined) return 'otlp';
  const sends = `exporter "${exporter.id}" sends to "${host}:${port}"`;
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
  const isPart = isPartOf(kindOf[signal], sent, context);
  const isServed = isPart && servesPath(kindOf[signal], sent);
  const named = backendKinds.find((own) => own === name) ?? (isServed ? kindOf[signal] : undefined);
  if (!named && isOfAVendor(sent, context)) {
    const id = `${host}:${port}`;
    const why = isPart ? `its path is none of ${kindOf[signal]}’s` : undefined;
    guessed.push(isRemoteWrite(sent) ? tellRemoteWrite(id) : tellOtlp(id, why));
    return 'otlp';
  }
  const kind = named ?? kindOf[signal];
  guessed.push(`${host}:${port} is taken for ${kind} (it gets ${signal}; no bench file says)`);
  return kind;
}

/**
 * A name of the cluster's own tells a part of a program, as `tempo-gateway.obs.svc` does: at each
 * of its ports it is that, however encrypted.
 */
const isPartOf = (kind: BackendKind, { host, signal, protocol }: Sent, context: BackendContext) =>
  host.startsWith(`${kind}-`) && isInside(host, context) && takes(kind, signal, protocol);

/**
 * Paths at which programs take what is sent to them over HTTP (HTTP API of Tempo, Loki and
 * Prometheus). A gateway in front may have others, as one a tenant, which the program that stands
 * here does not serve.
 */
const servedPaths: Readonly<Record<BackendKind, RegExp>> = {
  tempo: /^(\/v1\/traces)?\/?$/,
  loki: /^\/otlp(\/v1\/logs)?\/?$/,
  prometheus: /^\/api\/v1\/(otlp(\/v1\/metrics)?\/?|write)$/,
};

function servesPath(kind: BackendKind, { exporter, signal, protocol }: Sent): boolean {
  if (protocol === 'grpc') return true;
  const endpoint = exporter.config[`${signal}_endpoint`] ?? exporter.config.endpoint;
  return servedPaths[kind].test(/^\w+:\/\/[^/]*(.*)$/.exec(String(endpoint))?.[1] ?? '');
}

/** What leaves the cluster encrypted, and OTLP over gRPC that only Tempo of the backends takes. */
const isOfAVendor = (sent: Sent, context: BackendContext): boolean =>
  isHttps(sent) ||
  (sent.tls && !isInside(sent.host, context)) ||
  !takes(kindOf[sent.signal], sent.signal, sent.protocol);

/** The kind whose name this is a slip of: one letter off, or two that changed places. */
function slipOf(name: string): BackendKind | undefined {
  const letters = (word: string): string => [...word].sort().join('');
  return backendKinds.find((kind) => {
    // `tempo2` and `loki-write` are meant so.
    if (name.startsWith(kind)) return false;
    return letters(name) === letters(kind) || nearest(name, [kind], 1).hint !== undefined;
  });
}
