import type { Difference, ItemAccount } from './account.ts';
import type { JudgeContext } from './context.ts';

/** What `loadbalancing` says when it knows nobody (v0.152.0, loadbalancer.go). */
const knowsNobody = `couldn't find the exporter for the endpoint ""`;

/**
 * The first tier refused because its load balancer knew nobody yet. A ring that was filled once is
 * emptied only when pods behind it go; where none had gone, it was still empty since its start.
 */
export function emptyRing(
  { paths, incarnations }: Pick<JudgeContext, 'paths' | 'incarnations'>,
  { view, bucket }: ItemAccount,
): Difference | undefined {
  if (bucket.kind !== 'refused' || !bucket.message.includes(knowsNobody)) return undefined;
  const { tier } = paths.traces.steps[0] ?? {};
  const output = tier?.outputs.find((o) => o.loadBalancing && o.signal === 'traces');
  if (!tier || !output || !('tier' in output.to)) return undefined;
  const next = output.to.tier;
  const atMs = view.block?.outcome?.answeredMs ?? 0;
  const isGone = incarnations.outages.some((o) => o.tier === next && o.fromMs <= atMs);
  if (isGone) return undefined;
  return {
    cause: 'ring-empty-at-start',
    hop: `load→${tier.name}`,
    component: `${tier.name}/${output.exporter.id}`,
    detail: `${tier.name} said: ${knowsNobody}`,
  };
}
