import { fnv1a32 } from '../lib/fnv.ts';
import { list, object, type Plain, text, texts } from './read.ts';
import { scrapersOf } from './scrape.ts';
import { writtenJobs } from './scrape-target.ts';
import type { Pipeline, Resource, Service, Tier } from './types.ts';

/** What shares the targets of a tier out among its pods, so that each is scraped by one. */
export interface Allocator {
  readonly tier: string;
  /** The name of its Service, at port 80, and of what runs it. */
  readonly host: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** As it is asked for; undefined: the operator's own. */
  readonly image: string | undefined;
  /** The collector's `spec.targetAllocator`. */
  readonly spec: Plain;
  /** `config.global` of the receiver, which jobs complete themselves by. */
  readonly global: Plain;
  /** Scrape configurations by their jobs' names, as the allocator hands them out. */
  readonly jobs: Readonly<Record<string, Plain>>;
  /** The resource that asks for it. */
  readonly collector: Resource;
}

/** As the operator calls the Service (v0.148.0, internal/naming/main.go, TAService). */
const hostOf = (collector: string): string => `${collector}-targetallocator`;

const hasAllocator = (spec: Plain): boolean => object(spec.targetAllocator).enabled === true;

/**
 * A collector's config as the operator writes it where an allocator shares its targets out: the
 * receiver asks for them (v0.148.0, internal/manifests/targetallocator/adapters,
 * AddTAConfigToPromConfig).
 */
export function withAllocator(config: Plain, spec: Plain, collector: string): Plain {
  if (!hasAllocator(spec)) return config;
  const receivers = Object.entries(object(config.receivers)).map(([id, value]) => {
    if (id.split('/')[0] !== 'prometheus') return [id, value];
    const { config: written, target_allocator: own, ...rest } = object(value);
    const { scrape_configs: _, ...kept } = object(written);
    const interval = text(object(spec.targetAllocator).collectorTargetReloadInterval) ?? '30s';
    const asked = { endpoint: `http://${hostOf(collector)}:80`, interval };
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as a collector's configuration has it
    const collectorId = '${env:POD_NAME}';
    const allocator = { ...object(own), ...asked, collector_id: collectorId };
    return [id, { ...rest, config: kept, target_allocator: allocator }];
  });
  return { ...config, receivers: Object.fromEntries(receivers) };
}

/**
 * The allocators that the folder's collectors ask for. Each has an account of its own where none is
 * named (v0.148.0, internal/manifests/targetallocator/serviceaccount.go).
 */
export const allocatorsOf = ({ resources, tiers }: Pick<Pipeline, 'resources' | 'tiers'>) =>
  resources.flatMap((collector): Allocator[] => {
    const { kind, name, namespace, value } = collector;
    if (kind !== 'OpenTelemetryCollector' || !hasAllocator(object(value.spec))) return [];
    const tier = tiers.find((own) => own.name === name);
    if (!tier) return [];
    const spec = object(object(value.spec).targetAllocator);
    const host = hostOf(name);
    const [scraper] = scrapersOf(tier);
    return [
      {
        tier: name,
        host,
        namespace,
        serviceAccount: text(spec.serviceAccount) ?? host,
        image: text(spec.image),
        spec,
        global: object(object(scraper?.config.config).global),
        jobs: jobsOf(tier),
        collector,
      },
    ];
  });

/** The Service of a collector's allocator (v0.148.0, internal/manifests/targetallocator). */
export function allocatorServices(spec: Plain, { name, namespace }: Resource): Service[] {
  if (!hasAllocator(spec)) return [];
  const ports = [{ name: 'targetallocation', port: 80, targetPort: allocatorPort }];
  const own = { name: hostOf(name), namespace, workload: hostOf(name), ports };
  return [{ ...own, headless: false, local: false }];
}

/** At which its program listens. */
export const allocatorPort = 8080;

/** What Prometheus makes of a job that leaves it out, and its own protocols in their order. */
const defaults = {
  scrape_timeout: '10s',
  scrape_protocols: [
    ...['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1'],
    ...['PrometheusText1.0.0', 'PrometheusText0.0.4'],
  ],
  metric_name_validation_scheme: 'utf8',
  metric_name_escaping_scheme: 'allow-utf-8',
};

/** A job with what it leaves out. @param interval where it has none of its own */
export function completed(job: Plain, interval: string): Plain {
  const every = text(job.scrape_interval) ?? interval;
  return { ...defaults, scrape_timeout: every, ...job, scrape_interval: every };
}

function jobsOf(tier: Tier): Record<string, Plain> {
  const jobs = scrapersOf(tier)
    .flatMap(writtenJobs)
    .map(({ job, interval }): [string, Plain] => {
      const own = object(unescaped(job));
      return [text(own.job_name) ?? '', completed(own, interval)];
    });
  return Object.fromEntries(jobs);
}

/** The allocator's own config knows no `$$`: it has what stands for it. */
export const unescaped = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null).replaceAll('$$', '$'));

/**
 * The targets of a job that one of several pods is given: each target goes to one of them, always
 * the same. Which one is not what the operator's own ring says.
 */
export function targetsGivenTo(job: Plain, pod: string, pods: readonly string[]) {
  const isOwn = (address: string): boolean => {
    const key = new TextEncoder().encode(`${text(job.job_name)}${address}`);
    return pods[fnv1a32(key) % pods.length] === pod;
  };
  return list(job.static_configs).flatMap((group) => {
    const targets = texts(object(group).targets).filter(isOwn);
    return targets.length > 0 ? [{ targets, labels: object(object(group).labels) }] : [];
  });
}
