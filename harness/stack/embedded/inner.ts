import { createInterface } from 'node:readline';
import { messageOf } from '../../lib/errors.ts';
import { PodUnready } from '../unready.ts';
import { closeInherited } from './inherited.ts';
import { killOthers, removeScratch } from './leftovers.ts';
import type { InnerMessage, InnerRequest, InnerSpec } from './protocol.ts';
import { type EmbeddedCluster, startCluster } from './start.ts';

/**
 * Process 1 of a run's namespaces: network, pods, DNS, API, taps. When the outer process dies its
 * pipe closes and this one ends, and with it, as process 1, all that it started. What only a run
 * that goes on needs is taken away here: the outer process may have been killed.
 */
const send = (message: InnerMessage): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

closeInherited();
let cluster: EmbeddedCluster | undefined;
let spec: InnerSpec | undefined;

function end(code: number): void {
  killOthers();
  if (spec) removeScratch(spec);
  process.exit(code);
}

async function handle(request: InnerRequest): Promise<unknown> {
  if (request.method === 'start') {
    spec = request.params;
    cluster = await startCluster(request.params, send);
    return cluster.started;
  }
  if (!cluster) throw new Error('the cluster is not started');
  switch (request.method) {
    case 'load':
      return cluster.load(request.params);
    case 'interruptLoad':
      return cluster.interruptLoad();
    case 'signal':
      return cluster.signal(request.params.pod, request.params.signal);
    case 'processState':
      return cluster.processState(request.params);
    case 'replacePod':
      return cluster.replacePod(request.params.pod, request.params.graceMs);
    case 'exhaustMemory':
      return cluster.exhaustMemory(request.params);
    case 'wipeVolumes':
      return cluster.wipeVolumes(request.params);
    case 'mark':
      return cluster.mark(request.params);
    case 'scale':
      return cluster.scaling.scale(request.params);
    case 'endpoints':
      return cluster.scaling.endpoints(request.params);
    case 'refuse':
      return cluster.recorders.refuse(request.params.recorder, request.params.instead);
    case 'accept':
      return cluster.recorders.accept(request.params);
    case 'cut':
      return cluster.links.cut(request.params.senders, request.params.to);
    case 'join':
      return cluster.links.join(request.params.senders, request.params.to);
    case 'stopPipeline':
      return cluster.stopPipeline();
  }
}

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const request = JSON.parse(line) as InnerRequest;
  handle(request).then(
    (result) => send({ id: request.id, result: result ?? null }),
    (error: unknown) => {
      const name = error instanceof Error ? error.name : 'Error';
      // A pod's trouble is told by its own log lines, a bug of ours by its stack.
      const stack = name === 'Error' && error instanceof Error ? error.stack : undefined;
      const unready = error instanceof PodUnready ? { unready: error.unready } : {};
      send({ id: request.id, error: stack ?? messageOf(error), name, ...unready });
    },
  );
});
input.once('close', () => end(0));
process.on('SIGTERM', () => end(143));
