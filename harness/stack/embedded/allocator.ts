import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Allocator, allocatorsOf, targetsGivenTo } from '../../pipeline/allocator.ts';
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
  for (const allocator of allocatorsOf(pipeline)) {
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
