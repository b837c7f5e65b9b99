import { hasExpansion } from '../lib/expansion.ts';
import { parseDurationMs } from '../lib/units.ts';
import type { LeftOut } from './monitored.ts';
import { highestPort, list, object, type Plain, text } from './read.ts';
import { type Labels, relabel } from './relabel.ts';
import type { Component } from './types.ts';

/** What a `prometheus` receiver is told to scrape, and the bench serves. */
export interface ScrapeTarget {
  /** `host:port`, under which it is served; two jobs may name the same. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** As it is written, whatever rules make of its label. */
  readonly jobName: string;
  readonly path: string;
  /** Infinite where it can't be read. */
  readonly intervalMs: number;
  /** A scrape that takes longer is given up, and nothing of it is kept. */
  readonly timeoutMs: number;
  /** Labels that each of its samples gets: `job`, `instance`, and what its config adds. */
  readonly labels: Labels;
  readonly receiver: Component;
  /** Of its job: what is done to each sample. */
  readonly metricRelabel: unknown;
  /** `relabel_configs[2]`: the rule that leaves it out, which scrapes nothing of it then. */
  readonly leftOutBy: string | undefined;
  /** Why, where it is no rule that leaves it out. */
  readonly because?: LeftOut;
  /** What people call it, where its id is an address, and where its pod is. */
  readonly called?: string;
  readonly namespace?: string;
  /** The first setting of its job whose effect is not modelled. */
  readonly unmodelled: string | undefined;
}

/** What changes how samples are read, or what of them is taken. */
const unmodelledSettings = [
  ...['sample_limit', 'label_limit', 'label_name_length_limit', 'label_value_length_limit'],
  ...['body_size_limit', 'target_limit', 'proxy_url', 'authorization', 'basic_auth', 'oauth2'],
];

/** A job, by whom it is scraped. */
export interface Job extends Pick<ScrapeTarget, 'receiver' | 'unmodelled'> {
  readonly job: Plain;
}

/** The jobs that a receiver is written, each with the interval of those that say none. */
export function writtenJobs(
  receiver: Component,
): { readonly job: Plain; readonly interval: string }[] {
  const { global, scrape_configs: written } = object(receiver.config.config);
  const interval = text(object(global).scrape_interval) ?? '1m';
  return list(written).map((job) => ({ job: object(job), interval }));
}

export const unmodelledIn = (job: Plain): string | undefined =>
  unmodelledSettings.find((key) => job[key] !== undefined);

/** What each target of a job is told before its rules, but for its address. */
export const jobLabels = (job: Plain, interval: string): Labels => ({
  job: text(job.job_name) ?? '',
  __metrics_path__: text(job.metrics_path) ?? '/metrics',
  __scheme__: text(job.scheme) ?? 'http',
  __scrape_interval__: text(job.scrape_interval) ?? interval,
});

/** @returns undefined where nobody can tell its address */
export function targetOf(
  labels: Labels,
  { job, receiver, unmodelled }: Job,
): ScrapeTarget | undefined {
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
    jobName: text(job.job_name) ?? '',
    path,
    intervalMs: intervalMs ?? Number.POSITIVE_INFINITY,
    timeoutMs: timeoutOf(job, receiver, intervalMs),
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

/** Ten seconds, unless that is longer than the interval (Prometheus v3, config.go, Validate). */
function timeoutOf(job: Plain, { config }: Component, intervalMs = Number.POSITIVE_INFINITY) {
  const { scrape_timeout: usual } = object(object(config.config).global);
  const written = text(job.scrape_timeout);
  if (written !== undefined) return parseDurationMs(written) ?? Number.POSITIVE_INFINITY;
  return Math.min(parseDurationMs(text(usual) ?? '') ?? 10_000, intervalMs);
}

/** An address is nobody's name: where nobody stands behind it, the bench can't either. */
export const isAddress = (host: string): boolean => /^\d+(\.\d+){3}$/.test(host);
