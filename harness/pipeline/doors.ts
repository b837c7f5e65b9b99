import { at, object, text } from './read.ts';
import { sinks } from './sinks.ts';
import type { Component, Signal, SignalPipeline, Tier } from './types.ts';

/** A port at which a receiver takes a signal by OTLP. */
export interface Door {
  readonly receiver: Component;
  readonly protocol: 'grpc' | 'http';
  readonly port: number;
  /** What it takes is sent on, by some pipeline of the signal. */
  readonly leadsOn: boolean;
}

type Spoken = Pick<Door, 'receiver' | 'protocol'>;

const defaultPorts = { grpc: 4317, http: 4318 } as const;

/** The port at which an `otlp` receiver takes a protocol. */
export const receiverPort = (receiver: Component | undefined, protocol: Door['protocol']): number =>
  portIn(endpointOf(receiver, protocol), defaultPorts[protocol]);

export const portIn = (endpoint: string | undefined, otherwise: number): number =>
  Number(/:(\d+)$/.exec(endpoint ?? '')?.[1] ?? otherwise);

const endpointOf = (receiver: Component | undefined, protocol: Door['protocol']): string =>
  text(at(receiver?.config ?? {}, 'protocols', protocol, 'endpoint')) ?? '';

/**
 * An `otlp` receiver listens for its own pod only, as it does where no endpoint is written
 * (collector v0.152.0, receiver/otlpreceiver/factory.go).
 */
export const isLocalOnly = ({ receiver, protocol }: Spoken): boolean =>
  /^($|localhost:|127\.0\.0\.1:)/.test(endpointOf(receiver, protocol));

const isOtlp = ({ kind, type }: Component): boolean => kind === 'receivers' && type === 'otlp';

/**
 * Where a receiver takes OTLP, HTTP first. Of one without any protocol the load says so
 * (plan/entries.ts); until then it is taken for HTTP.
 */
function portsOf(receiver: Component): Omit<Door, 'leadsOn'>[] {
  const protocols = object(receiver.config.protocols);
  const spoken = (['http', 'grpc'] as const).filter((protocol) => protocol in protocols);
  const named = spoken.length > 0 ? spoken : (['http'] as const);
  return named.map((protocol) => ({ receiver, protocol, port: receiverPort(receiver, protocol) }));
}

/** Where a tier takes a signal by OTLP: at receivers of the signal's own pipelines alone. */
function doorsOf({ pipelines }: Pick<Tier, 'pipelines'>, signal: Signal): Door[] {
  const own = pipelines.filter((pipeline) => pipeline.signal === signal);
  const receivers = own.flatMap((pipeline) => pipeline.receivers.filter(isOtlp));
  return receivers.flatMap((receiver) => {
    const taking = own.filter((pipeline) => pipeline.receivers.some((one) => isOne(one, receiver)));
    const leadsOn = taking.some(({ exporters }) => exporters.some(({ type }) => !sinks.has(type)));
    return portsOf(receiver).map((port) => ({ ...port, leadsOn }));
  });
}

/**
 * By which an application sends a signal, where a tier has several: the first that leads on, is
 * open to other pods, asks for no credentials, and has the port to which OTLP is sent unless
 * somebody says another (OTLP specification, "OTLP/gRPC Default Port"); each before what follows.
 * Of one receiver HTTP goes first.
 *
 * @returns undefined where no receiver of OTLP takes the signal
 */
export function otlpDoor(tier: Pick<Tier, 'pipelines'>, signal: Signal): Door | undefined {
  const strange = (door: Door): number =>
    (door.leadsOn ? 0 : 8) +
    (isLocalOnly(door) ? 4 : 0) +
    (authenticatorAt(door) === undefined ? 0 : 2) +
    (door.port === defaultPorts[door.protocol] ? 0 : 1);
  return doorsOf(tier, signal).sort((a, b) => strange(a) - strange(b))[0];
}

/** What it asks each sender for, where it does. */
export const authenticatorAt = ({ receiver, protocol }: Spoken): unknown =>
  at(receiver.config, 'protocols', protocol, 'auth', 'authenticator');

/** Receivers of OTLP of a signal by which nothing comes that goes in by a door. */
export const receiversBeside = (
  tier: Pick<Tier, 'pipelines'>,
  signal: Signal,
  { receiver }: Pick<Door, 'receiver'>,
): string[] => [
  ...new Set(
    doorsOf(tier, signal).flatMap((own) => (isOne(own.receiver, receiver) ? [] : own.receiver.id)),
  ),
];

/**
 * A collector makes one receiver of what has one id, however many pipelines and signals name it,
 * and two of equal settings under two ids (collector v0.152.0, otlpreceiver/factory.go: its map is
 * by the settings' pointer).
 */
const isOne = (a: Component, b: Component): boolean => a.id === b.id;

const listensAt = (receiver: Component, port: number): boolean =>
  isOtlp(receiver) && portsOf(receiver).some((own) => own.port === port);

/**
 * Receivers that listen at a port, where none of them takes a signal: they answer that they know no
 * such service (collector v0.152.0, otlpreceiver/otlp.go: one a signal that a pipeline takes).
 */
export function deafAt(
  { pipelines }: Pick<Tier, 'pipelines'>,
  signal: Signal,
  port: number,
): readonly Component[] {
  const there = pipelines.flatMap((own) =>
    own.receivers.flatMap((receiver) =>
      listensAt(receiver, port) ? { receiver, takes: own.signal === signal } : [],
    ),
  );
  return there.some(({ takes }) => takes) ? [] : there.map(({ receiver }) => receiver);
}

/** By which receivers data comes into a tier: these, or those that listen at a port. */
export type Entrance = { readonly receiver: Component } | { readonly ports: readonly number[] };

/**
 * The pipelines of a signal that data gets into from outside: those of the receivers by which it
 * comes. Where none of these is known to take it, as where it comes in another form than OTLP, all
 * that take OTLP, else all that take anything from outside.
 *
 * @param own pipelines of the signal that lead on
 */
export function enteredBy(
  own: readonly SignalPipeline[],
  entrance: Entrance | undefined,
): SignalPipeline[] {
  const taking = (isIt: (receiver: Component) => boolean): SignalPipeline[] =>
    own.filter(({ receivers }) => receivers.some(isIt));
  const isThere = (receiver: Component): boolean => {
    if (!entrance) return false;
    if ('receiver' in entrance) return isOne(receiver, entrance.receiver);
    return entrance.ports.some((port) => listensAt(receiver, port));
  };
  const some = [isThere, isOtlp, ({ kind }: Component) => kind !== 'connectors'].map(taking);
  return some.find((found) => found.length > 0) ?? [];
}
