import { type SpanForm, spanForms } from '../lib/span-forms.ts';
import { containerLogsOf } from './container-logs.ts';
import {
  authenticatorAt,
  type Door,
  type Entrance,
  isLocalOnly,
  otlpDoor,
  portIn,
  receiversBeside,
} from './doors.ts';
import { type FormReceiver, formReceiver } from './form-receivers.ts';
import { type ScrapeTarget, scrapeTargetsOf } from './scrape.ts';
import type { Component, Pipeline, Service, Signal, Tier } from './types.ts';

/**
 * How a signal of applications gets into the pipeline. `node`: each node's goes to that node's own
 * pod; `service`: each connection goes to one of all pods, whatever node it comes from; `pod`: each
 * application's pod has a sidecar of its own.
 */
export interface Entry {
  readonly tier: Tier;
  /** The port at which the tier's pods take the signal, and how: over HTTP where they take both. */
  readonly port: number;
  readonly protocol: 'grpc' | 'http';
  readonly by: 'node' | 'service' | 'pod';
  /** The tier's pods end TLS there. */
  readonly tls: boolean;
  /** The receiver that takes it there, where it enters by OTLP. */
  readonly receiver?: Component;
  /** The receiver that tails the log files of the node's containers, where it enters by those. */
  readonly files?: Component;
  /** The targets that it scrapes, where it enters by those. */
  readonly targets?: readonly ScrapeTarget[];
  /** The receiver that takes it in another form than OTLP, where it enters so. */
  readonly inForm?: FormReceiver;
}

/** Of OTLP over HTTP, where nothing is asked. */
const usualPort = 4318;

/** OTLP's services by signal (opentelemetry-proto v1, collector/<signal>/v1). */
const services = {
  traces: 'trace.v1.TraceService',
  logs: 'logs.v1.LogsService',
  metrics: 'metrics.v1.MetricsService',
} as const;

/**
 * Where a signal goes in at an address: a URL, or `grpc://<address>/<service>/Export`, each with an
 * `s` behind its scheme where it is encrypted.
 */
export function entryUrl(
  { protocol, tls, form }: Pick<Entry, 'protocol' | 'tls'> & { readonly form?: SpanForm },
  address: string,
  signal: Signal,
): string {
  const scheme = `${protocol}${tls ? 's' : ''}`;
  if (form) return `${scheme}://${address}${spanForms[form].path}`;
  return protocol === 'http'
    ? `${scheme}://${address}/v1/${signal}`
    : `${scheme}://${address}/opentelemetry.proto.collector.${services[signal]}/Export`;
}

type Tiers = Pick<Pipeline, 'tiers'> &
  Partial<Pick<Pipeline, 'entries' | 'services' | 'backends' | 'resources'>>;

/**
 * The tier by which applications send a signal: the one that its author says, else the first that
 * takes it by OTLP, from log files or by a scrape, and is sent it by no other tier.
 *
 * @returns undefined where none takes it so
 */
export function entryTierOf(pipeline: Tiers, signal: Signal): Tier | undefined {
  const { tiers, entries = [] } = pipeline;
  const declared = entries.find(({ signals }) => signals.includes(signal))?.tier;
  if (declared !== undefined) return tiers.find(({ name }) => name === declared);
  return entryTiersOf(pipeline, signal)[0];
}

/**
 * All tiers by which applications could send a signal, in the order of the pipeline's; log records
 * that none takes by OTLP, by those that tail the files into which they go, metrics by those that
 * scrape applications, and spans by those that take them from other tracers.
 */
export function entryTiersOf(pipeline: Tiers, signal: Signal): Tier[] {
  const { tiers } = pipeline;
  const free = tiers.filter((tier) => !isFed(tiers, tier, signal));
  const byOtlp = free.filter((tier) => takesByOtlp(tier, signal));
  if (byOtlp.length > 0) return byOtlp;
  return free.filter((tier) => isTakenOtherwise(pipeline, tier, signal));
}

/**
 * The tier that takes log records from files, and the receiver that tails them; undefined where
 * they, or another signal, go in by OTLP.
 */
export function logFilesOf(
  pipeline: Tiers,
  signal: Signal,
): { readonly tier: Tier; readonly files: Component } | undefined {
  const tier = signal === 'logs' ? entryTierOf(pipeline, signal) : undefined;
  const files = tier && !takesByOtlp(tier, signal) ? filesOf(tier, signal) : undefined;
  return tier && files && { tier, files };
}

const isTakenOtherwise = (pipeline: Tiers, tier: Tier, signal: Signal): boolean =>
  (filesOf(tier, signal) ?? targetsOf(pipeline, tier, signal) ?? formOf(tier, signal)) !==
  undefined;

/** The receiver by which a tier that takes no spans by OTLP takes those of other tracers. */
const formOf = (tier: Tier, signal: Signal): FormReceiver | undefined =>
  signal !== 'traces' || takesByOtlp(tier, signal)
    ? undefined
    : tier.pipelines
        .filter((own) => own.signal === signal)
        .flatMap(({ receivers }) => receivers.flatMap((one) => formReceiver(one) ?? []))[0];

/** How the load's spans enter where they do in another form than OTLP; undefined where by that. */
export function spanFormOf(pipeline: Tiers): (FormReceiver & { readonly tier: Tier }) | undefined {
  const tier = entryTierOf(pipeline, 'traces');
  const own = tier && formOf(tier, 'traces');
  return tier && own && { ...own, tier };
}

const filesOf = (tier: Tier, signal: Signal): Component | undefined =>
  signal === 'logs' ? containerLogsOf(tier) : undefined;

/**
 * The tier that scrapes the targets by which metrics enter; undefined where they, or another
 * signal, go in by OTLP.
 */
export function scrapedOf(
  pipeline: Tiers,
  signal: Signal = 'metrics',
): { readonly tier: Tier; readonly targets: readonly ScrapeTarget[] } | undefined {
  const tier = signal === 'metrics' ? entryTierOf(pipeline, signal) : undefined;
  const targets =
    tier && !takesByOtlp(tier, signal) ? targetsOf(pipeline, tier, signal) : undefined;
  return tier && targets && { tier, targets };
}

/** What a run's records are read by: the tier of traces, what metrics are scraped of, by whom. */
export function waysIn(pipeline: Tiers) {
  const { tier, targets = [] } = scrapedOf(pipeline) ?? {};
  return { entryTier: entryTierOf(pipeline, 'traces')?.name, scraper: tier?.name, targets };
}

function targetsOf(
  { tiers, services = [], backends = [], resources = [] }: Tiers,
  tier: Tier,
  signal: Signal,
): readonly ScrapeTarget[] | undefined {
  if (signal !== 'metrics') return undefined;
  const targets = scrapeTargetsOf(tier, { tiers, services, backends, resources });
  return targets.length > 0 ? targets : undefined;
}

/** Applications can send it the signal in some form or by their log files, or it scrapes them. */
export const takesFromOutside = (pipeline: Tiers, tier: Tier, signal: Signal): boolean =>
  takesByOtlp(tier, signal) || isTakenOtherwise(pipeline, tier, signal);

/** It has a pipeline for the signal behind a receiver of OTLP. */
export const takesByOtlp = ({ pipelines }: Tier, signal: Signal): boolean =>
  pipelines.some(
    (own) => own.signal === signal && own.receivers.some(({ type }) => type === 'otlp'),
  );

const isFed = (tiers: readonly Tier[], { name }: Tier, signal: Signal): boolean =>
  tiers.some(({ outputs }) =>
    outputs.some((out) => out.signal === signal && 'tier' in out.to && out.to.tier === name),
  );

/**
 * The way in that the manifests offer a signal: a DaemonSet's pods are met by the port that they
 * have on their node, or by a Service with `internalTrafficPolicy: Local`, as the operator makes it
 * (v0.148.0, internal/manifests/collector/service.go); other pods by their Service.
 *
 * What the author says of it beside the manifests goes before that.
 *
 * @returns undefined where no tier takes it
 */
export function entryOf(
  pipeline: Tiers & Pick<Pipeline, 'services'>,
  signal: Signal = 'traces',
): Entry | undefined {
  const { services, entries } = pipeline;
  const tier = entryTierOf(pipeline, signal);
  if (!tier) return undefined;
  const files = logFilesOf(pipeline, signal)?.files;
  const unasked = { tier, port: usualPort, protocol: 'http', tls: false } as const;
  if (files) return { ...unasked, by: 'node', files };
  const targets = scrapedOf(pipeline, signal)?.targets;
  if (targets) return { ...unasked, by: 'node', targets };
  const inForm = formOf(tier, signal);
  const form = inForm && spanForms[inForm.form];
  const door = inForm ? undefined : otlpDoor(tier, signal);
  const port = form ? portIn(inForm.endpoint, form.port) : (door?.port ?? usualPort);
  const protocol = form?.protocol ?? door?.protocol ?? 'http';
  const by = inForm ? { inForm } : door ? { receiver: door.receiver } : {};
  const common = { tier, port, protocol, ...by } as const;
  const tls = tier.tlsEnds?.some((end) => end.port === port) ?? false;
  if (tier.workload.kind === 'sidecar') return { ...common, by: 'pod', tls };
  const leads = services.filter((service) => leadsTo(service, tier, port));
  const own = tier.workload.ports.find((p) => p.port === port);
  const isLocal =
    own?.hostPort !== undefined || leads.length === 0 || leads.some(({ local }) => local);
  const meant = tier.workload.kind === 'daemonset' && isLocal ? 'node' : 'service';
  const said = entries?.filter((own) => own.tier === tier.name) ?? [];
  const declared = (said.find(({ signals }) => signals.includes(signal)) ?? said[0])?.by;
  return { ...common, by: declared ?? meant, tls };
}

/** Whether a Service of the folder, or of the operator's making, leads to where the load enters. */
export const isLedTo = ({ services }: Pick<Pipeline, 'services'>, { tier, port }: Entry): boolean =>
  services.some((service) => leadsTo(service, tier, port));

const leadsTo = ({ workload, namespace, ports }: Service, tier: Tier, port: number): boolean =>
  workload === tier.workload.name &&
  namespace === tier.workload.namespace &&
  ports.some(({ targetPort }) => targetPort === port);

/** It listens for its own pod only. */
export const isLocalEntry = ({ receiver, protocol }: Entry): boolean =>
  receiver !== undefined && isLocalOnly({ receiver, protocol });

/**
 * By which receiver the load comes into its first tier; undefined where that is one that tails
 * files or scrapes, beside which others may do the same.
 */
export function entranceOf(pipeline: Tiers, signal: Signal): Entrance | undefined {
  const tier = entryTierOf(pipeline, signal);
  const way = tier && (formOf(tier, signal) ?? otlpDoor(tier, signal));
  return way && { receiver: way.receiver };
}

/** Where the load comes in by OTLP. */
export interface LoadDoor extends Door {
  readonly tier: Tier;
  /** It listens for its own pod only. */
  readonly isLocal: boolean;
  /** The authenticator that asks for credentials there, if one does. */
  readonly asks: unknown;
  /** Ids of receivers that could take the signal as well, and get nothing of it. */
  readonly beside: readonly string[];
}

/** @returns undefined where the signal comes otherwise, or not at all */
export function loadDoorOf(pipeline: Tiers, signal: Signal): LoadDoor | undefined {
  const tier = entryTierOf(pipeline, signal);
  const door = tier && otlpDoor(tier, signal);
  if (!door) return undefined;
  const beside = receiversBeside(tier, signal, door);
  return { ...door, tier, isLocal: isLocalOnly(door), asks: authenticatorAt(door), beside };
}
