import { formatCount } from '../../lib/units.ts';
import { unmodelledIn } from '../../pipeline/policies.ts';
import type { Component, Policy, PolicyRule, TailSampling } from '../../pipeline/types.ts';
import type { SignalPath } from '../model/path.ts';
import { at, placeOfSetting } from '../model/settings.ts';

/** ln(10^9): an honest configuration is accused once in a billion runs. */
const certainty = Math.log(1e9);

/**
 * Whether a share that was seen cannot come from the share that was promised. Chernoff's bound:
 * P(share >= q or <= q) <= exp(-n KL(q || p)), so no normal approximation and no slack number.
 */
export function contradicts(count: number, total: number, promised: number): boolean {
  if (total === 0) return false;
  if (promised === 0) return count > 0;
  if (promised === 1) return count < total;
  return total * divergence(count / total, promised) > certainty;
}

/** Kullback-Leibler divergence of two coins. */
function divergence(q: number, p: number): number {
  const term = (a: number, b: number): number => (a === 0 ? 0 : a * Math.log(a / b));
  return term(q, p) + term(1 - q, 1 - p);
}

/** What a broken promise hangs on where no policy's answers tell. */
export function describePolicies(
  sampling: TailSampling | undefined,
  droppers: readonly Component[],
): string {
  if (sampling) {
    const { id, place } = sampling.component;
    return `no policy of ${id} (${at(place)}) is about what tells this class`;
  }
  const names = droppers.map(({ id, place }) => `${id} (${at(place)})`);
  const kept = names.length === 0 ? 'everything is kept' : `dropped by ${names.join(', ')}`;
  return `the pipeline has no tail_sampling: ${kept}`;
}

/** What may have decided otherwise than was promised, where it is not known what did. */
export function describeSuspects(
  sampling: TailSampling | undefined,
  path: SignalPath,
  limits: ReadonlyMap<string, number>,
  arrived: 'too little' | 'too much',
): string {
  const verb = arrived === 'too little' ? 'turned away by' : 'let through by';
  const known = (sampling?.policies ?? []).flatMap((p) => {
    const count = limits.get(p.name);
    return count === undefined ? [] : `${formatCount(count)} ${verb} ${describePolicy(p)}`;
  });
  const tooLarge = limits.get('maximum_trace_size_bytes');
  if (sampling && tooLarge !== undefined) {
    const { maximumTraceSizeBytes: bytes, component } = sampling;
    const where = `maximum_trace_size_bytes: ${formatCount(bytes)} (${placeOfSetting(component, 'maximum_trace_size_bytes')})`;
    known.push(`${formatCount(tooLarge)} given up as larger than ${where}`);
  }
  if (known.length > 0) return known.join('; ');
  const policies = (sampling?.policies ?? []).filter((p) => unmodelledIn(p).length > 0);
  const suspects = [
    ...policies.map((p) => `policy ${p.name} (${unmodelledIn(p).join(', ')}, ${at(p.place)})`),
    ...(sampling?.unmodelledSettings ?? []),
    ...path.unmodelled.map(({ component: { id, place } }) => `${id} (${at(place)})`),
  ];
  if (suspects.length > 0) return `suspected, as it is not modelled: ${suspects.join('; ')}`;
  return 'no policy says so of what was sent';
}

/** `policy keep-errors (status_codes: 1, gateway.yaml:31)` */
export function describePolicy(policy: Policy): string {
  return `policy ${policy.name} (${settingsOf(policy)}, ${at(policy.place)})`;
}

function settingsOf(rule: PolicyRule): string {
  switch (rule.type) {
    case 'probabilistic':
      return `sampling_percentage: ${rule.percentage}`;
    case 'latency':
      return `threshold_ms: ${rule.thresholdMs}`;
    case 'status_code':
      return `status_codes: ${rule.codes.join(', ')}`;
    case 'string_attribute':
      return `key: ${rule.key}, values: ${rule.values.join(', ')}`;
    case 'rate_limiting':
      return `rate_limiting, spans_per_second: ${rule.spansPerSecond}`;
    case 'bytes_limiting':
      return `bytes_limiting, bytes_per_second: ${rule.bytesPerSecond}`;
    case 'composite':
      return `composite, ${rule.parts.map((part) => `${part.name}: ${part.spansPerSecond} spans/s`).join(', ')}`;
    case 'and':
      return `and: ${rule.rules.map(settingsOf).join(' and ')}`;
    default:
      return rule.type;
  }
}
