import { describe, expect, it } from 'vitest';
import { hostLabel, nodeNameIn, processLabel, runLabel, runNames } from './names.ts';
import { deadRuns } from './sweep.ts';

const owner = { processId: 4_711, host: 'here' };

describe('names of a run', () => {
  it('say whose it is, and differ from run to run of one process', () => {
    const names = runNames('bench', owner, 1_800_000_000_000);
    expect(names.labels).toEqual({
      [runLabel]: names.cluster,
      [processLabel]: '4711',
      [hostLabel]: 'here',
    });
    expect(runNames('bench', owner, 1_800_000_000_100).cluster).not.toBe(names.cluster);
    expect(runNames('bench', { ...owner, processId: 4_712 }, 1_800_000_000_000).cluster).not.toBe(
      names.cluster,
    );
  });

  it('are short enough for the names that Kubernetes makes of them', () => {
    const { cluster } = runNames('otel-pipeline-bench', { ...owner, processId: 4_194_304 }, 1e13);
    expect(`${cluster}-control-plane`.length).toBeLessThanOrEqual(63);
    expect(cluster).toMatch(/^[a-z0-9-]+$/);
  });

  it('turn planned names of nodes into those of the run’s cluster', () => {
    const names = runNames('bench', owner, 0);
    expect(nodeNameIn(names, 'bench', 'bench-worker2')).toBe(`${names.cluster}-worker2`);
  });
});

describe('what is swept', () => {
  const run = (cluster: string, processId: number, host = 'here') => ({ cluster, processId, host });

  it('is what dead processes of this machine left, never what others may still use', () => {
    const runs = [run('dead', 10), run('alive', 11), run('elsewhere', 10, 'there')];
    expect(deadRuns(runs, 'here', (id) => id === 11)).toEqual(['dead']);
  });
});
