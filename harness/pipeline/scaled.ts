import { object } from './read.ts';
import type { Pipeline, Resource, Tier } from './types.ts';

/** What makes a tier's pods: the collector resource, or the workload that a person wrote. */
export function makerOf({ resources }: Pick<Pipeline, 'resources'>, tier: Tier) {
  const { name, namespace } = tier.workload;
  const own = resources.filter((r) => r.namespace === namespace);
  return (
    own.find((r): r is Resource => r.kind === 'OpenTelemetryCollector' && r.name === tier.name) ??
    own.find((r) => ['DaemonSet', 'StatefulSet', 'Deployment'].includes(r.kind) && r.name === name)
  );
}

/**
 * Whether a tier's pods come and go one after another: those of a StatefulSet, unless it is
 * `Parallel`, as the operator makes its own where nothing else is said (v0.148.0, apis/v1beta1).
 */
export function isScaledInTurn(pipeline: Pick<Pipeline, 'resources'>, tier: Tier): boolean {
  if (tier.workload.kind !== 'statefulset') return false;
  const maker = makerOf(pipeline, tier);
  const written = object(maker?.value.spec).podManagementPolicy;
  const fallback = maker?.kind === 'OpenTelemetryCollector' ? 'Parallel' : 'OrderedReady';
  return (written ?? fallback) !== 'Parallel';
}
