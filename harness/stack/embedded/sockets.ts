import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodeAddress } from './addresses.ts';
import type { Pod } from './kubelet.ts';
import { apiPort } from './podspec.ts';
import type { InnerSpec } from './protocol.ts';
import { forwardSocket, forwardTcp } from './proxies.ts';

interface Reached {
  readonly spec: InnerSpec;
  /** As they are whenever somebody connects. */
  readonly pods: readonly Pod[];
}

/** Sockets that lead to the backends' own APIs, and host ports on the nodes. */
export async function openSockets({ spec, pods }: Reached): Promise<void> {
  mkdirSync(spec.socketFolder, { recursive: true });
  for (const { tier } of spec.backends) {
    const port = apiPort[tier as keyof typeof apiPort];
    await forwardSocket(join(spec.socketFolder, tier), () => {
      const pod = pods.find((p) => p.spec.tier === tier);
      return pod && { host: pod.address, port };
    });
  }
  const taken = new Set<number>();
  for (const tier of spec.pipeline.tiers) {
    for (const { port, hostPort } of tier.workload.ports) {
      // The second pod that asks for a port of a node is not scheduled there.
      if (hostPort === undefined || taken.has(hostPort)) continue;
      taken.add(hostPort);
      for (const node of spec.workerNodes.keys()) {
        await forwardTcp(nodeAddress(1 + node), hostPort, () => {
          const pod = pods.find((p) => p.spec.tier === tier.name && p.spec.node === node);
          return pod && { host: pod.published, port };
        });
      }
    }
  }
}
