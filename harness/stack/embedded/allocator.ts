import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  type Allocator,
  allocatorsOf,
  completed,
  targetsGivenTo,
  unescaped,
} from '../../pipeline/allocator.ts';
import { scrapedOf } from '../../pipeline/entry.ts';
import type { ScrapeTarget } from '../../pipeline/scrape.ts';
import { addAddress } from './network.ts';
import type { InnerSpec } from './protocol.ts';

const port = 80;

/**
 * Stands for the operator's target allocators: each pod that asks is told the jobs, and of each job
 * the targets that are its own.
 *
 * @param addressOf the address of an allocator's Service, by its host
 */
export async function startAllocators(
  { pipeline, collectors }: Pick<InnerSpec, 'pipeline' | 'collectors'>,
  addressOf: (host: string) => string,
): Promise<void> {
  const { tier, targets = [] } = scrapedOf(pipeline) ?? {};
  for (const written of allocatorsOf(pipeline)) {
    const allocator = written.tier === tier?.name ? withDiscovered(written, targets) : written;
    const pods = collectors.flatMap(({ tier, name }) => (tier === allocator.tier ? name : []));
    const server = createServer((request, response) => {
      const told = answerOf(allocator, pods, request.url ?? '/');
      response.writeHead(told === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(told ?? null));
    });
    const address = addressOf(allocator.host);
    await addAddress(address);
    server.listen(port, address);
    await once(server, 'listening');
  }
}

/**
 * What service discovery would find, in place of the jobs that look for it: each target with the
 * labels that its job's rules would have left it.
 */
export function withDiscovered(allocator: Allocator, targets: readonly ScrapeTarget[]): Allocator {
  const found = targets.filter(({ called, leftOutBy }) => called !== undefined && !leftOutBy);
  const jobs = [...Map.groupBy(found, ({ jobName }) => jobName)].map(([name, own]) => [
    name,
    {
      ...completed({ job_name: name }, intervalOf(own[0])),
      // A dollar stands for two where a collector reads it.
      metric_relabel_configs: unescaped(own[0]?.metricRelabel ?? []),
      static_configs: own.map(({ id, path, labels }) => ({
        targets: [id],
        labels: { ...labels, __metrics_path__: path },
      })),
    },
  ]);
  return { ...allocator, jobs: { ...allocator.jobs, ...Object.fromEntries(jobs) } };
}

const intervalOf = (target: ScrapeTarget | undefined): string =>
  Number.isFinite(target?.intervalMs) ? `${(target?.intervalMs ?? 0) / 1_000}s` : '1m';

/**
 * The two questions of the receiver (prometheusreceiver v0.152.0, targetallocator/manager.go). It
 * writes a job's name as in a query. To whatever else a pod asks there is no answer.
 */
export function answerOf({ jobs }: Allocator, pods: readonly string[], asked: string) {
  const [, path = '', query] = /^([^?]*)(?:\?(.*))?$/s.exec(asked) ?? [];
  if (path === '/scrape_configs') return jobs;
  const [, written] = /^\/jobs\/([^/&]+)\/targets$/.exec(path) ?? [];
  const name = new URLSearchParams(`name=${written ?? ''}`).get('name') ?? '';
  if (written === undefined || !Object.hasOwn(jobs, name)) return undefined;
  const pod = new URLSearchParams(query).get('collector_id') ?? '';
  return targetsGivenTo(jobs[name] ?? {}, pod, pods);
}
