import { formatMs } from '../../lib/units.ts';
import { askingIn } from '../../pipeline/resolvers.ts';
import { isEndpoint, type PodState, podsOfService, serviceKey } from './cluster.ts';
import type { ControlPlane } from './control-plane.ts';
import type { InnerMessage, InnerSpec } from './protocol.ts';

/** Beyond the resolver's own interval. */
const graceMs = 10_000;
/** A start takes no longer, whatever interval a resolver has. */
const longestMs = 100_000;

/**
 * Resolves when every load balancer was told all pods that it spreads over, as far as it can be
 * told: until its resolver has asked once more. Who still knows too few is said in a note.
 */
export async function untilResolved(
  { pipeline }: Pick<InnerSpec, 'pipeline'>,
  pods: readonly PodState[],
  { lookups }: Pick<ControlPlane, 'lookups'>,
  send: (message: InnerMessage) => void,
): Promise<void> {
  const resolvers = askingIn(pipeline);
  const wanted = resolvers.flatMap(({ tier, kind, service }) => {
    const own = () => podsOfService(service, pods);
    // A name with an address of its own has one; the API tells of all pods, ready or not.
    const addresses = () =>
      kind === 'k8s' ? own().length : service.headless ? own().filter(isEndpoint).length : 1;
    const asking = pods.filter(({ spec }) => spec.tier === tier.name);
    return asking.map(({ spec: { name }, address }) => ({
      pod: name,
      from: address,
      service: serviceKey(service),
      addresses,
    }));
  });
  if (wanted.length === 0) return;
  const intervalMs = Math.max(...resolvers.map((resolver) => resolver.intervalMs));
  const timeoutMs = Math.min(intervalMs + graceMs, longestMs);
  send({ event: 'text', text: 'waiting until load balancers know whom they send to' });
  for (const { pod, service } of await lookups.until(wanted, timeoutMs)) {
    const waited = `the load began after ${formatMs(timeoutMs)} all the same`;
    const what = `${pod} was not told every address of Service ${service}`;
    send({ event: 'note', text: `${what}; ${waited}` });
  }
}
