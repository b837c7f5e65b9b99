import { hasExpansion } from '../lib/expansion.ts';
import { parseDurationMs } from '../lib/units.ts';
import { highestPort, list, object, type Plain, text, texts } from './read.ts';
import { type Labels, relabel } from './relabel.ts';
import type { Component, Pipeline, Tier } from './types.ts';

/** What a `prometheus` receiver is told to scrape, and the bench serves. */
export interface ScrapeTarget {
  /** `host:port`, under which it is served; two jobs may name the same. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Infinite where it can't be read. */
  readonly intervalMs: number;
  /** Labels that each of its samples gets: `job`, `instance`, and what its config adds. */
  readonly labels: Labels;
  readonly receiver: Component;
  /** Of its job: what is done to each sample. */
  readonly metricRelabel: unknown;
  /** `relabel_configs[2]`: the rule that leaves it out, which scrapes nothing of it then. */
  readonly leftOutBy: string | undefined;
  /** The first setting of its job whose effect is not modelled. */
  readonly unmodelled: string | undefined;
}

type Around = Pick<Pipeline, 'tiers' | 'services' | 'backends'>;

/** Receivers by which a tier scrapes, for its pipelines of metrics. */
export const scrapersOf = ({ pipelines }: Pick<Tier, 'pipelines'>): Component[] => [
  ...new Set(
    pipelines
      .filter(({ signal }) => signal === 'metrics')
      .flatMap(({ receivers }) => receivers.filter(({ type }) => type === 'prometheus')),
  ),
];

/**
 * The targets of a tier that stand for applications: what its `static_configs` name and is neither
 * a collector (its own metrics) nor a backend. Others, such as those that service discovery finds,
 * are not served.
 */
export const scrapeTargetsOf = (tier: Tier, around: Around): ScrapeTarget[] =>
  toldApart(
    scrapersOf(tier).flatMap((receiver) => {
      const config = object(receiver.config.config);
      const interval = text(object(config.global).scrape_interval) ?? '1m';
      return list(config.scrape_configs).flatMap((job) =>
        targetsOfJob(object(job), interval, receiver).filter((target) => isOutside(target, around)),
      );
    }),
  );

/** A scrape is known by its target's address: of two jobs that go to one, nobody tells whose. */
function toldApart(targets: readonly ScrapeTarget[]): ScrapeTarget[] {
  const scraped = Map.groupBy(
    targets.filter(({ leftOutBy }) => leftOutBy === undefined),
    ({ id }) => id,
  );
  return targets.map((target) =>
    (scraped.get(target.id)?.length ?? 0) > 1
      ? { ...target, unmodelled: target.unmodelled ?? `another job of ${target.id}` }
      : target,
  );
}

/** Jobs whose targets service discovery finds, with its kind: `pods (kubernetes_sd_configs)`. */
export const discoveringJobs = (tier: Pick<Tier, 'pipelines'>): string[] =>
  scrapersOf(tier).flatMap(({ config }) =>
    list(object(config.config).scrape_configs).flatMap((job) => {
      const kinds = Object.keys(object(job)).filter((key) => key.endsWith('_sd_configs'));
      return kinds.map((kind) => `${text(object(job).job_name)} (${kind})`);
    }),
  );

function targetsOfJob(job: Plain, interval: string, receiver: Component): ScrapeTarget[] {
  const name = text(job.job_name) ?? '';
  const scheme = text(job.scheme) ?? 'http';
  const [every, path] = [text(job.scrape_interval) ?? interval, text(job.metrics_path)];
  const unmodelled = unmodelledSettings.find((key) => job[key] !== undefined);
  return list(job.static_configs).flatMap((written) => {
    const { targets, labels: added } = object(written);
    return texts(targets).flatMap((address) => {
      const labels = {
        job: name,
        __address__: address,
        __metrics_path__: path ?? '/metrics',
        __scheme__: scheme,
        __scrape_interval__: every,
        ...textsOf(added),
      };
      return targetOf(labels, { job, receiver, unmodelled }) ?? [];
    });
  });
}

/** What changes how samples are read, or what of them is taken. */
const unmodelledSettings = [
  ...['sample_limit', 'label_limit', 'label_name_length_limit', 'label_value_length_limit'],
  ...['body_size_limit', 'target_limit', 'proxy_url', 'authorization', 'basic_auth', 'oauth2'],
];

interface Job extends Pick<ScrapeTarget, 'receiver' | 'unmodelled'> {
  readonly job: Plain;
}

/** @returns undefined where nobody can tell its address */
function targetOf(labels: Labels, { job, receiver, unmodelled }: Job): ScrapeTarget | undefined {
  const rules = relabel(labels, job.relabel_configs);
  const after = 'labels' in rules ? rules.labels : labels;
  const { __address__: address = '', __metrics_path__: path = '', __scheme__: scheme } = after;
  const [, host = '', port] = /^([A-Za-z0-9.-]+):(\d+)$/.exec(address) ?? [];
  const isPort = Number(port) > 0 && Number(port) <= highestPort;
  if (!isPort || scheme !== 'http' || hasExpansion(address)) return undefined;
  const own = Object.entries(after).filter(([key]) => !key.startsWith('__'));
  const intervalMs = parseDurationMs(after.__scrape_interval__ ?? '');
  const ruleOf = (index: number): string => `relabel_configs[${index}]`;
  return {
    id: address,
    host,
    port: Number(port),
    path,
    intervalMs: intervalMs ?? Number.POSITIVE_INFINITY,
    labels: { instance: address, ...Object.fromEntries(own) },
    receiver,
    metricRelabel: job.metric_relabel_configs,
    leftOutBy: 'droppedBy' in rules ? ruleOf(rules.droppedBy) : undefined,
    unmodelled:
      'unmodelled' in rules
        ? ruleOf(rules.unmodelled)
        : (unmodelled ?? (intervalMs === undefined ? 'scrape_interval' : undefined)),
  };
}

const textsOf = (written: unknown): Labels =>
  Object.fromEntries(
    Object.entries(object(written)).flatMap(([key, value]) => {
      const own = text(value);
      return own === undefined ? [] : [[key, own]];
    }),
  );

/** An address is nobody's name: where nobody stands behind it, the bench can't either. */
const isAddress = (host: string): boolean => /^\d+(\.\d+){3}$/.test(host);

/** Neither its own process, nor a Service of the folder, nor what it sends to. */
function isOutside({ host }: ScrapeTarget, { services, backends }: Around): boolean {
  if (host === 'localhost' || isAddress(host)) return false;
  const [name, namespace] = host.split('.');
  const isOwn = services.some(
    (own) => own.name === name && (namespace === undefined || own.namespace === namespace),
  );
  return !isOwn && !backends.some((backend) => backend.host === host);
}
