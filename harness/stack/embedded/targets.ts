import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootOf } from './container.ts';
import type { Pod } from './kubelet.ts';
import { targetsFile } from './podspec.ts';
import type { InnerSpec } from './protocol.ts';

const metricsPort = 8888;

/** Tells Prometheus which pods to scrape, by its file-based discovery. */
export function writeTargets(spec: InnerSpec, pods: readonly Pod[]): void {
  const tiers = new Set(spec.pipeline.tiers.map((tier) => tier.name));
  const targets = pods
    .filter((pod) => tiers.has(pod.spec.tier))
    .map((pod) => ({
      targets: [`${pod.address}:${metricsPort}`],
      labels: { pod: pod.spec.name, tier: pod.spec.tier, namespace: pod.spec.namespace },
    }));
  const prometheus = pods.find((pod) => pod.spec.tier === 'prometheus');
  if (!prometheus) return;
  const file = join(rootOf(prometheus.id, 0), targetsFile);
  if (!existsSync(join(file, '..'))) return;
  writeFileSync(`${file}.part`, JSON.stringify(targets));
  renameSync(`${file}.part`, file);
}
