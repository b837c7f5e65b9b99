import { describe, expect, it } from 'vitest';
import type { BlockFact, MachineSample } from '../../evidence/types.ts';
import type { JudgeContext } from '../watch.ts';
import { createLoadCheck } from './load.ts';

const block = (signal: BlockFact['signal'], outcome: 'acked' | 'refused'): BlockFact => ({
  block: 0,
  signal,
  pod: 0,
  node: 0,
  dueMs: 0,
  items: 10,
  outcome: { block: 0, outcome, sentMs: 5, answeredMs: 9, status: 503, errorCode: 1503 },
});
const judged = async (blocks: readonly BlockFact[], machine: readonly MachineSample[] = []) => {
  const facts = { startMs: 0, endMs: 60_000, load: { exitCode: 0, lastLines: [] } };
  const result = await createLoadCheck({
    evidence: { facts, blocks, machine },
    paths: { traces: { steps: [] }, logs: { steps: [] } },
    spoken: { by: () => [], startMs: 0 },
  } as unknown as JudgeContext).finish();
  const findings = result.findings.map(({ kind, count }) => `${kind} ${count}`);
  return { verdict: result.verdict, findings };
};

describe('load', () => {
  it('is unknown where every request of a signal was refused', async () => {
    const refused = { verdict: 'unknown', findings: ['refused-at-entry 20'] };
    const traces = [block('traces', 'refused'), block('traces', 'refused')];
    expect(await judged([...traces, block('logs', 'acked')])).toEqual(refused);
    const logs = [block('logs', 'refused'), block('logs', 'refused')];
    expect(await judged([block('traces', 'acked'), ...logs])).toEqual(refused);
  });

  it('passes where only some were', async () => {
    const some = [
      block('traces', 'refused'),
      block('traces', 'acked'),
      block('metrics', 'refused'),
    ];
    expect(await judged(some)).toEqual({ verdict: 'pass', findings: [] });
  });

  it('says so of a machine that had no processor to spare, and fails nothing for it', async () => {
    const machine = Array.from({ length: 40 }, (_, i) => {
      return { atMs: i * 250, processors: 2, idleMs: 7, busyMs: i * 500, runnable: 24 };
    });
    const starved = { verdict: 'pass', findings: ['machine-starved 1'] };
    expect(await judged([block('traces', 'acked')], machine)).toEqual(starved);
  });
});
