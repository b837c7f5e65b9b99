import { createHash } from 'node:crypto';
import type { Pipeline } from '../../pipeline/types.ts';
import type { Versions } from '../acquire/index.ts';
import { linesOf, type RunCommand } from './commands.ts';
import { clusterKinds } from './manifests.ts';
import { warmLabel } from './names.ts';

/** A cluster that outlives runs. */
export interface WarmCluster {
  readonly cluster: string;
  /** Of what it was made. */
  readonly fingerprint: string;
}

/** What a cluster is made of, in short: one that was made of something else is no use. */
export const fingerprintOf = (
  config: string,
  { images, manifests }: Pick<Versions, 'images' | 'manifests'>,
): string =>
  createHash('sha256')
    .update(JSON.stringify([config, images.kindNode, manifests]))
    .digest('hex')
    .slice(0, 16);

/**
 * Clusters that are whole: the volume that says so is made last. What a killed `cluster up` left
 * has none, and is swept as a run's.
 */
export async function findWarm(run: RunCommand): Promise<WarmCluster[]> {
  const format = `{{.Name}} {{.Label "${warmLabel}"}}`;
  const found = await run('docker', [
    ...['volume', 'ls', '--filter', `label=${warmLabel}`, '--format', format],
  ]);
  return linesOf(found).map((line) => {
    const [cluster = '', fingerprint = ''] = line.split(' ');
    return { cluster, fingerprint };
  });
}

/** Says that a cluster is whole. */
export async function markWarm(
  run: RunCommand,
  { cluster, fingerprint }: WarmCluster,
): Promise<void> {
  const label = ['--label', `${warmLabel}=${fingerprint}`];
  await run('docker', ['volume', 'create', ...label, cluster]);
}

/** From then on it is a run's that ended, and nobody borrows it. */
export async function unmarkWarm(run: RunCommand, cluster: string): Promise<void> {
  await run('docker', ['volume', 'rm', '--force', cluster]);
}

const baseline =
  /^(default|kube-.*|cert-manager|opentelemetry-operator-system|local-path-storage)$/;

/** Why what a pipeline makes could not be told from what a warm cluster is made of. */
export function unfitForWarm({ resources, tiers }: Pick<Pipeline, 'resources' | 'tiers'>) {
  const homes = [
    ...tiers.map(({ workload }) => workload.namespace),
    ...resources.filter(({ kind }) => !isOfCluster(kind)).map(({ namespace }) => namespace),
  ];
  const home = homes.find((namespace) => baseline.test(namespace ?? 'default'));
  return home === undefined ? undefined : `the pipeline has resources in the namespace ${home}`;
}

const isOfCluster = (own: string): boolean => clusterKinds.some(({ kind }) => kind === own);
