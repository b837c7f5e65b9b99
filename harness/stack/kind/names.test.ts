import { describe, expect, it } from 'vitest';
import { hostLabel, momentLabel, nodeNameIn, processLabel, runLabel, runNames } from './names.ts';
import { deadRuns } from './sweep.ts';

const owner = { processId: 4_711, host: 'here', sinceMs: 1_800_000_000_000 };

describe('names of a run', () => {
  it('say whose it is, and differ from run to run of one process', () => {
    const names = runNames('bench', owner);
    expect(names.labels).toEqual({
      [runLabel]: names.run,
      [processLabel]: '4711',
      [hostLabel]: 'here',
      [momentLabel]: '1800000000000',
    });
    expect(runNames('bench', { ...owner, sinceMs: 1_800_000_000_100 }).cluster).not.toBe(
      names.cluster,
    );
    expect(runNames('bench', { ...owner, processId: 4_712 }).cluster).not.toBe(names.cluster);
  });

  it('are short enough for the names that Kubernetes makes of them', () => {
    const { cluster } = runNames('otel-pipeline-bench', {
      ...owner,
      processId: 4_194_304,
      sinceMs: 1e13,
    });
    expect(`${cluster}-control-plane`.length).toBeLessThanOrEqual(63);
    expect(cluster).toMatch(/^[a-z0-9-]+$/);
  });

  it('are of the run alone, but for the cluster that it borrows', () => {
    const own = runNames('bench', owner);
    expect(own.cluster).toBe(own.run);
    const names = runNames('bench', owner, 'bench-warm');
    expect(names).toMatchObject({ cluster: 'bench-warm', network: 'bench-warm' });
    const { run, tap, load, labels } = own;
    expect(names).toMatchObject({ run, tap, load, labels });
  });

  it('turn planned names of nodes into those of the run’s cluster', () => {
    const names = runNames('bench', owner);
    expect(nodeNameIn(names, 'bench', 'bench-worker2')).toBe(`${names.cluster}-worker2`);
  });
});

describe('what is swept', () => {
  const run = (cluster: string, processId: number, changed = {}) => ({
    ...owner,
    cluster,
    processId,
    ...changed,
  });

  it('is what dead processes of this machine left, never what others may still use', () => {
    const runs = [run('dead', 10), run('alive', 11), run('elsewhere', 10, { host: 'there' })];
    expect(deadRuns(runs, 'here', (id) => id === 11)).toEqual(['dead']);
  });

  it('is what a process left whose number another has now', () => {
    const now = owner.sinceMs + 86_400_000;
    const since = (_: number, sinceMs: number): boolean => sinceMs >= now;
    const runs = [run('before', 12), run('this', 12, { sinceMs: now })];
    expect(deadRuns(runs, 'here', since)).toEqual(['before']);
  });
});
