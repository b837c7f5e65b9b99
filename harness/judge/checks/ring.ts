import { formatCount } from '../../lib/units.ts';
import { podOf, type Resolver, resolversOf, staticHosts } from '../../pipeline/resolvers.ts';
import type { JudgeContext } from '../ledger/context.ts';
import type { CheckResult, Finding } from '../types.ts';

/** One address, whatever pods there are. */
const isOfOne = ({ exporter, kind, service }: Pick<Resolver, 'exporter' | 'kind' | 'service'>) =>
  kind === 'dns'
    ? !service.headless
    : staticHosts(exporter).some((host) => podOf(host, service) === undefined);

/**
 * Always implied, told only where it fails: a load balancer must find each pod by an address of its
 * own. `dns` that asks for a Service with a ClusterIP finds one address whatever pods there are,
 * and each connection to it is led to any of them; so it is with a Service in a `static` list.
 */
export function checkRings({ pipeline, evidence }: JudgeContext): CheckResult[] {
  return resolversOf(pipeline).flatMap(({ tier, exporter, kind, service, to }): CheckResult[] => {
    const pods = new Set(evidence.lives.flatMap((life) => (life.tier === to ? life.pod : []))).size;
    if (pods < 2 || !isOfOne({ exporter, kind, service })) return [];
    const component = `${tier.name}/${exporter.id}`;
    const { file, line } = exporter.place;
    const headless = pipeline.services.find(
      (s) => s.headless && s.workload === service.workload && s.namespace === service.namespace,
    );
    const isStatic = kind === 'static';
    const [what, finds] = isStatic
      ? [`resolver.static names Service ${service.name}, no pods of it`, 'one connection to it']
      : [`Service ${service.name} is of type ClusterIP`, 'resolver.dns finds its one address'];
    const finding: Finding = {
      kind: 'ring-of-one-address',
      hop: `${tier.name}→${to}`,
      component,
      cause: `${what}: ${finds}, behind which ${formatCount(pods)} pods of ${to} share (${file}:${line})`,
      count: pods,
      window: null,
      examples: [],
      fix: isStatic
        ? `a host for each pod of ${to} in resolver.static.hostnames, or resolver.dns or resolver.k8s`
        : headless
          ? `resolver.dns.hostname: ${headless.name}, the headless Service of the same pods`
          : 'a headless Service (clusterIP: None) of the same pods as resolver.dns.hostname',
    };
    return [
      {
        name: 'ring',
        subject: component,
        verdict: 'fail',
        expected: `an address for each of ${formatCount(pods)} pods of ${to}`,
        observed: `one: ${what}`,
        findings: [finding],
      },
    ];
  });
}
