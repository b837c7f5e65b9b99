import { describe, expect, it } from 'vitest';
import { logAgents } from '../../pipeline/log-agents.testing.ts';
import type { SignalPath } from '../model/path.ts';
import type { ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import { notTailed } from './not-tailed.ts';
import { readAgain } from './read-again.ts';

const agents = (settings: string, offsets: string) =>
  logAgents({
    volumes: `{ name: log, hostPath: { path: /var/log } }, { name: offsets, ${offsets} }`,
    mounts: '{ name: log, mountPath: /var/log }, { name: offsets, mountPath: /offsets }',
    receiver: `{ include: [/var/log/pods/*/*/*.log], ${settings} }`,
    offsets: '{ directory: /offsets }',
  });

const path = { signal: 'logs' } as SignalPath;
const onNode = 'hostPath: { path: /var/lib/otelcol }';

/** The collector of node `a` is gone from 10,000 ms on; its successor is ready at 12,000 ms. */
function contextOf(settings: string, offsets = onNode, deleted = false): JudgeContext {
  const outage = { tier: 'logs', pod: 'logs-1', deleted, endedMs: 10_000, toMs: 12_000 };
  return {
    pipeline: agents(settings, offsets),
    incarnations: { outages: [outage] },
    evidence: {
      facts: { workerNodes: ['a', 'b'] },
      lives: [{ pod: 'logs-1', node: 'a' }],
    },
  } as unknown as JudgeContext;
}

const writtenAt = (atMs: number, behind: readonly number[] = [], node = 0): ItemView =>
  ({
    block: { node },
    arrivals: [[{ kind: 'ok', toMs: atMs }]],
    deliveries: behind.map((fromMs) => ({ kind: 'ok', fromMs })),
  }) as unknown as ItemView;

describe('a line that was written while nobody tailed its file', () => {
  const lost = (settings: string, atMs: number, ...more: [string?, boolean?]) =>
    notTailed(contextOf(settings, ...more), path, 0, writtenAt(atMs));

  it('is blamed on the receiver that keeps no offsets and begins at the end', () => {
    expect(lost('start_at: end', 11_000)).toMatchObject({
      cause: 'not-tailed',
      component: 'logs/filelog',
      why: 'storage: none (agents.yaml:10)',
    });
    expect(lost('exclude: []', 11_000)).toBeDefined();
  });

  it('is not where it was written before or long after', () => {
    expect(lost('start_at: end', 9_000)).toBeUndefined();
    expect(lost('start_at: end', 13_000)).toBeUndefined();
    const view = writtenAt(11_000, [], 1);
    expect(notTailed(contextOf('start_at: end'), path, 0, view)).toBeUndefined();
  });

  it('is not where the successor begins at the beginning, or finds offsets', () => {
    expect(lost('start_at: beginning', 11_000)).toBeUndefined();
    expect(lost('storage: file_storage', 11_000)).toBeUndefined();
  });

  it('is where the offsets went with the pod', () => {
    expect(lost('storage: file_storage', 11_000, 'emptyDir: {}')).toBeUndefined();
    expect(lost('storage: file_storage', 11_000, 'emptyDir: {}', true)).toBeDefined();
  });
});

describe('a line that came twice', () => {
  const again = (settings: string, atMs: number, behind: readonly number[]) =>
    readAgain(contextOf(settings), path, writtenAt(atMs, behind));

  it('was read again by a successor that begins at the beginning', () => {
    expect(again('start_at: beginning', 3_000, [3_500, 12_500])).toMatchObject({
      isSinceKept: false,
      component: 'logs/filelog',
      why: 'storage: none (agents.yaml:10)',
    });
  });

  it('was read since the offsets were kept, where it was written just before the end', () => {
    const settings = 'storage: file_storage, start_at: beginning';
    expect(again(settings, 9_800, [9_900, 12_500])).toMatchObject({ isSinceKept: true });
    expect(again(settings, 3_000, [3_500, 12_500])).toBeUndefined();
  });

  it('was doubled by somebody else where all of it came before, or a successor can’t have', () => {
    expect(again('start_at: beginning', 3_000, [3_500, 3_600])).toBeUndefined();
    expect(again('start_at: end', 3_000, [3_500, 12_500])).toBeUndefined();
  });
});
