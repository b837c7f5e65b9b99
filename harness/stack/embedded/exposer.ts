import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scrapedOf } from '../../pipeline/entry.ts';
import { exposition, podsOfTarget } from '../../plan/exposition.ts';
import { startAllocators } from './allocator.ts';
import type { InnerSpec } from './protocol.ts';
import type { Recorders } from './recorders.ts';

/** Applications whose metrics are scraped: what they tell begins and ends with the load. */
export interface Exposer {
  begin(startMs: number): void;
  end(): void;
}

/**
 * Serves the targets by which metrics enter, a recorder in front of each. While the load lasts each
 * scrape of a target is answered with the next number, so that each sample can be told from all
 * others; before and behind that there is nothing to tell, as of an application that is idle.
 *
 * Where an allocator's program could not be had, it stands there as well.
 *
 * @param addresses by host
 */
export async function startExposer(
  spec: Pick<InnerSpec, 'pipeline' | 'plannedPods' | 'collectors' | 'allocators'>,
  recorders: Pick<Recorders, 'inFrontOfTarget'>,
  addresses: ReadonlyMap<string, string>,
  nowMs: () => number,
): Promise<Exposer> {
  const { pipeline, plannedPods } = spec;
  if (spec.allocators.length === 0) {
    await startAllocators(spec, (host) => addresses.get(host) ?? '');
  }
  let [fromMs, isOver] = [Number.POSITIVE_INFINITY, false];
  const { targets = [] } = scrapedOf(pipeline) ?? {};
  const distinct = [...new Map(targets.map((target) => [target.id, target])).values()];
  for (const [index, target] of distinct.entries()) {
    const pods = podsOfTarget(plannedPods, index, distinct.length);
    let scrapes = 0;
    const server = createServer({ keepAliveTimeout: 0 }, (_, response) => {
      const isAsked = nowMs() >= fromMs && !isOver;
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(isAsked ? exposition(pods, ++scrapes) : '');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await recorders.inFrontOfTarget(target, (server.address() as AddressInfo).port);
  }
  return {
    begin: (startMs) => {
      fromMs = startMs;
    },
    end: () => {
      isOver = true;
    },
  };
}
