import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../lib/errors.ts';
import { formatMs } from '../../lib/units.ts';
import { askingIn, type Resolver } from '../../pipeline/resolvers.ts';
import type { Ground } from './ground.ts';
import { podsOf, type RoleOf } from './roles.ts';
import type { PodWatcher } from './watcher.ts';

const metricsPort = 8888;
const lookEveryMs = 500;
/** Beyond the resolver's own interval. */
const graceMs = 15_000;
/** A start takes no longer, whatever interval a resolver has. */
const longestMs = 120_000;

/**
 * Resolves when each load balancer says that it knows all pods that it spreads over, or can no
 * longer be waited for: who knows too few, and whose own metrics can't be read, is told in a note.
 */
export async function untilResolved(
  { context, kube, nodes }: Ground,
  watcher: Pick<PodWatcher, 'pods'>,
  roleOf: RoleOf,
): Promise<string[]> {
  const { pipeline } = context.spec;
  const wanted = askingIn(pipeline).flatMap((resolver) => {
    const own = [...watcher.pods.values()].filter((p) => roleOf(p)?.tier === resolver.tier.name);
    const least = addressesOf(resolver, podsOf(tierOf(pipeline, resolver.to), nodes.length));
    return own.map(({ metadata }) => ({
      name: metadata?.name ?? '',
      namespace: metadata?.namespace ?? '',
      least,
      withinMs: Math.min(resolver.intervalMs + graceMs, longestMs),
    }));
  });
  if (wanted.length > 0) context.onEvent('waiting until load balancers know whom they send to');
  const notes = await Promise.all(
    wanted.map(async ({ name, namespace, least, withinMs }): Promise<string[]> => {
      const deadline = performance.now() + withinMs;
      let said = '';
      while (performance.now() < deadline) {
        kube.signal.throwIfAborted();
        try {
          const path = { name: `${name}:${metricsPort}`, namespace, path: 'metrics' };
          const known = backendsIn(await kube.core.connectGetNamespacedPodProxyWithPath(path)) ?? 0;
          if (known >= least) return [];
          said = `knew ${known} of ${least} addresses when the load began`;
        } catch (error) {
          said = `can't be asked whom it knows (${messageOf(error).split('\n')[0]})`;
        }
        await sleep(lookEveryMs);
      }
      return [`${name} ${said}; waited ${formatMs(withinMs)} for its load balancer`];
    }),
  );
  return notes.flat();
}

const tierOf = ({ tiers }: Ground['context']['spec']['pipeline'], name: string) =>
  tiers.find((tier) => tier.name === name) as Resolver['tier'];

/** A name with an address of its own has one; else each pod has one. */
const addressesOf = ({ kind, service }: Resolver, pods: number): number =>
  kind === 'dns' && !service.headless ? 1 : pods;

/** How many endpoints a collector's load balancer has, by its own metrics; undefined without. */
export function backendsIn(metrics: string): number | undefined {
  const counts = metrics.matchAll(/^otelcol_loadbalancer_num_backends(?:\{[^}]*\})? (\S+)/gm);
  const known = [...counts].map(([, count]) => Number(count));
  return known.length > 0 ? Math.max(...known) : undefined;
}
