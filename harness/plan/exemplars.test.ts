import { describe, expect, it } from 'vitest';
import { decodeScenario } from '../scenario/decode.ts';
import { buildPlan } from './build.ts';
import { createEncoder } from './encode.ts';
import type { Plan } from './types.ts';

const planned = (metrics: string): Plan => {
  const text = `
name: small
about: Metrics that name spans.
pipeline: two-tier
load:
  - traces: checkout
    rate: 50/s
    services: [frontend, checkout, payment]
    metrics: { every: 1s${metrics} }
phases: [{ for: 10s }]
expect: [{ decided: as-predicted }]
`;
  const context = { workerNodes: 2, podsOfTier: () => 2 };
  return buildPlan(decodeScenario('s.yaml', text, []), context, 7);
};

const startMs = 1_800_000_000_000;
const bytesOf = (plan: Plan, block: number): Buffer => {
  const addressOfPod = plan.pods.map((_, i) => `10.9.0.${i}`);
  const encoder = createEncoder(plan, { startMs, addressOfPod });
  const target = Buffer.alloc(1_000_000);
  const own = plan.blocks[block];
  return own ? target.subarray(0, encoder.write(own, target, 0)) : Buffer.alloc(0);
};

const hex = (words: readonly (number | undefined)[]): string =>
  words.map((word) => (word ?? 0).toString(16).padStart(8, '0')).join('');

describe('exemplars', () => {
  const plan = planned(', exemplars: true');
  const reports = plan.blocks.filter(({ signal }) => signal === 'metrics');

  it('name the last span that the pod ended before it reports', () => {
    expect(reports.length).toBeGreaterThan(50);
    for (const { pod, sendAtMs, exemplar } of reports) {
      const ends = [...plan.spans.pod.keys()]
        .filter((span) => plan.spans.pod[span] === pod)
        .map((span) => plan.spans.endOffsetNanos[span] ?? 0)
        .filter((end) => end <= sendAtMs * 1e6);
      const own = exemplar === undefined ? undefined : plan.spans.endOffsetNanos[exemplar];
      expect(own).toBe(ends.length === 0 ? undefined : Math.max(...ends));
      if (exemplar !== undefined) expect(plan.spans.pod[exemplar]).toBe(pod);
    }
  });

  it('are sent with both ids', () => {
    const block = reports.find(({ exemplar }) => exemplar !== undefined);
    const { exemplar = 0, index = 0 } = block ?? {};
    const { spans, traces } = plan;
    const trace = 4 * (spans.trace[exemplar] ?? 0);
    const bytes = bytesOf(plan, index).toString('hex');
    expect(bytes).toContain(hex([0, 1, 2, 3].map((i) => traces.idWords[trace + i])));
    expect(bytes).toContain(hex([spans.idHigh[exemplar], spans.idLow[exemplar]]));
  });

  it('are none, and change no plan, where none are asked for', () => {
    const without = planned('');
    expect(without.blocks.filter(({ exemplar }) => exemplar !== undefined)).toEqual([]);
    expect(planned(', exemplars: false').hash).toBe(without.hash);
    expect(plan.hash).not.toBe(without.hash);
  });
});
