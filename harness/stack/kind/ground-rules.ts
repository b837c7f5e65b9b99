import { type Kube, waitFor } from './api.ts';
import type { NodePrograms } from './node-exec.ts';
import { groundRules, takeRules } from './redirect.ts';

const proxyWithinMs = 60_000;
/** By which kube-proxy has Services translated. */
const proxyJump = /-j KUBE-SERVICES\b/;

/**
 * Has a node lead by the tap what goes to recorded pods. A new node is ready before its kube-proxy
 * has written a rule, and that one puts its own in front of all that it finds: whoever comes before
 * it comes behind it, and what is sent to a Service goes past the tap, where guards drop it.
 *
 * @throws Error where kube-proxy writes no rules
 */
export async function takeGround(
  programs: Pick<NodePrograms, 'run'>,
  kube: Pick<Kube, 'signal'>,
  node: string,
  tapAddress: string,
): Promise<void> {
  await waitFor(kube, `kube-proxy translates nothing on ${node}`, proxyWithinMs, async () => {
    const written = await programs.run(node, ['iptables', '-t', 'nat', '-S', 'PREROUTING']);
    return proxyJump.test(written) ? true : undefined;
  });
  await takeRules(programs, node, groundRules(tapAddress));
}
