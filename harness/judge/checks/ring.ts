import { formatCount } from '../../lib/units.ts';
import { resolversOf } from '../../pipeline/resolvers.ts';
import type { JudgeContext } from '../ledger/context.ts';
import type { CheckResult, Finding } from '../types.ts';

/**
 * Always implied, told only where it fails: a load balancer must find each pod by an address of its
 * own. `dns` that asks for a Service with a ClusterIP finds one address whatever pods there are,
 * and each connection to it is led to any of them.
 */
export function checkRings({ pipeline, evidence }: JudgeContext): CheckResult[] {
  return resolversOf(pipeline).flatMap(({ tier, exporter, kind, service, to }): CheckResult[] => {
    const pods = new Set(evidence.lives.flatMap((life) => (life.tier === to ? life.pod : []))).size;
    if (kind !== 'dns' || service.headless || pods < 2) return [];
    const component = `${tier.name}/${exporter.id}`;
    const { file, line } = exporter.place;
    const headless = pipeline.services.find(
      (s) => s.headless && s.workload === service.workload && s.namespace === service.namespace,
    );
    const what = `Service ${service.name} is of type ClusterIP`;
    const finding: Finding = {
      kind: 'ring-of-one-address',
      hop: `${tier.name}→${to}`,
      component,
      cause: `${what}: resolver.dns finds its one address, behind which ${formatCount(pods)} pods of ${to} share (${file}:${line})`,
      count: pods,
      window: null,
      examples: [],
      fix: headless
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
