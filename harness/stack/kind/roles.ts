import type { V1Pod } from '@kubernetes/client-node';
import type { Tier } from '../../pipeline/types.ts';
import type { StackSpec } from '../types.ts';
import { appRole } from './app.ts';
import { benchNamespace } from './backends.ts';
import type { PodRole } from './lives.ts';

/** Finds what a pod is to the run; undefined for all others in the cluster. */
export type RoleOf = (pod: V1Pod) => PodRole | undefined;

/**
 * Ordinals are what scenarios name: a StatefulSet's own, a DaemonSet's by node, a Deployment's in
 * the order in which its pods were first seen.
 */
export function createRoles(
  spec: Pick<StackSpec, 'app' | 'pods' | 'pipeline'>,
  nodes: readonly string[],
): RoleOf {
  const { tiers } = spec.pipeline;
  const seen = new Map<string, string[]>();
  return ({ metadata, spec: { nodeName = '' } = { containers: [] } }) => {
    const { name = '', namespace, labels = {} } = metadata ?? {};
    if (namespace === benchNamespace) return { tier: labels.app ?? name, ordinal: 0 };
    const tier = tiers.find(
      ({ workload }) =>
        workload.namespace === namespace &&
        Object.entries(workload.labels).every(([key, value]) => labels[key] === value),
    );
    if (!tier) return appRole(spec, namespace ?? '', name);
    const { kind } = tier.workload;
    if (kind === 'daemonset') return { tier: tier.name, ordinal: nodes.indexOf(nodeName) };
    if (kind === 'statefulset') return { tier: tier.name, ordinal: Number(/\d+$/.exec(name)?.[0]) };
    const known = seen.get(tier.name) ?? [];
    if (!known.includes(name)) known.push(name);
    seen.set(tier.name, known);
    return { tier: tier.name, ordinal: known.indexOf(name) };
  };
}

/** How many pods a tier has when it is whole. */
export const podsOf = ({ workload }: Tier, workerNodes: number): number =>
  workload.kind === 'daemonset' ? workerNodes : workload.replicas;
