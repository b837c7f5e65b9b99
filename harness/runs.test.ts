import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from './lib/errors.ts';
import { findRun } from './runs.ts';

let reports: string;
/** The newest of all runs ended before it recorded any. */
const unrecorded = 'ended-early';

beforeAll(() => {
  reports = realpathSync(mkdtempSync(join(tmpdir(), 'runs-')));
  const runs = [
    ['steady', 'first', 1],
    ['steady', 'second', 3],
    ['gateway-kill', 'third', 2],
    ['steady', unrecorded, 4],
    ['unlinked', 'fourth', 0],
  ] as const;
  for (const [scenario, run, atSeconds] of runs) {
    const folder = join(reports, scenario, run);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'plan.json'), '{}');
    if (run !== unrecorded) writeFileSync(join(folder, 'run.json'), '{}');
    utimesSync(join(folder, 'plan.json'), atSeconds, atSeconds);
  }
  symlinkSync('second', join(reports, 'steady', 'latest'));
  symlinkSync('third', join(reports, 'gateway-kill', 'latest'));
  mkdirSync(join(reports, 'steady', 'broken-off'));
});
afterAll(() => rmSync(reports, { recursive: true, force: true }));

describe('findRun', () => {
  it.each([
    ['latest', 'steady/second'],
    ['steady', 'steady/second'],
    ['negative/gateway-kill', 'gateway-kill/third'],
    ['steady/first', 'steady/first'],
    ['steady/latest', 'steady/second'],
    ['first', 'steady/first'],
    ['unlinked', 'unlinked/fourth'],
    [unrecorded, `steady/${unrecorded}`],
  ])('%s is %s', (reference, run) => {
    expect(findRun(reference, reports)).toBe(join(reports, run));
  });

  it('takes paths of a run, of its scenario and of a link', () => {
    const nowhere = join(reports, 'nowhere');
    expect(findRun(join(reports, 'steady', 'first'), nowhere)).toBe(join(reports, 'steady/first'));
    expect(findRun(join(reports, 'gateway-kill/'), nowhere)).toBe(
      join(reports, 'gateway-kill/third'),
    );
    expect(findRun(join(reports, 'steady', 'latest'), nowhere)).toBe(
      join(reports, 'steady/second'),
    );
  });

  it.each(['stedy', 'steady/broken-off', 'steady/third'])('does not know %s', (reference) => {
    expect(() => findRun(reference, reports)).toThrow(UserError);
    expect(() => findRun(reference, reports)).toThrow(
      /known: latest, gateway-kill, steady, unlinked/,
    );
  });

  it('says what a folder lacks that is no run', () => {
    const folder = join(reports, 'steady', 'broken-off');
    expect(() => findRun(folder, reports)).toThrow(`${folder}: plan.json is missing`);
  });

  it('hints at what may be meant', () => {
    expect(() => findRun('stedy', reports)).toThrow(/did you mean "steady"/);
  });
});
