import { describe, expect, it } from 'vitest';
import { type CleanRules, type RunFolder, select } from './select.ts';

const nowMs = 1_000 * 86_400_000;
const minute = 60_000;
const day = 24 * 60 * minute;
const run = (folder: string, more: Partial<RunFolder>): RunFolder => ({
  folder,
  owner: undefined,
  changedMs: nowMs - 3 * day,
  scratch: [{ path: `${folder}/spill`, changedMs: nowMs - 3 * day }],
  ...more,
});
const runs = [
  run('ended', {}),
  run('killed', { owner: { pid: 11, sinceMs: nowMs } }),
  run('going on', { owner: { pid: 22, sinceMs: nowMs } }),
  run('just made', { changedMs: nowMs - 100 }),
  run('of today', { changedMs: nowMs - 10 * minute }),
  run('judged again', { scratch: [{ path: 'judged again/spill', changedMs: nowMs - 100 }] }),
];
const choose = (rules: Partial<CleanRules>) =>
  select(runs, { reports: false, olderThanDays: 0, ...rules }, (pid) => pid === 22, nowMs);

describe('select', () => {
  it('keeps recorded runs unless they are asked for', () => {
    expect(choose({}).runs).toEqual([]);
    expect(choose({}).scratch).toEqual(['ended/spill', 'killed/spill', 'of today/spill']);
  });

  it('takes recorded runs that have ended', () => {
    expect(choose({ reports: true }).runs).toEqual(['ended', 'killed', 'of today', 'judged again']);
    expect(choose({ reports: true }).scratch).toEqual([]);
  });

  it('takes only those that are old enough', () => {
    const { runs: chosen, scratch } = choose({ reports: true, olderThanDays: 1 });
    expect(chosen).toEqual(['ended', 'killed', 'judged again']);
    expect(scratch).toEqual(['of today/spill']);
  });

  it('never takes anything of a run that goes on, or may', () => {
    expect(choose({}).live).toEqual(['going on', 'just made']);
    const all = choose({ reports: true });
    expect([...all.runs, ...all.scratch].join()).not.toMatch(/going on|just made/);
  });
});
