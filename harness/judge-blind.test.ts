import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadJson, saveJson } from './evidence/store.ts';
import { judgeFolder, makeReadable } from './judge-folder.ts';

/** A recorded run that passes. */
const recorded = join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-steady');
let run: string;

beforeAll(async () => {
  run = mkdtempSync(join(tmpdir(), 'blind-'));
  cpSync(recorded, run, { recursive: true });
  await makeReadable(run);
});
afterAll(() => rmSync(run, { recursive: true, force: true }));

describe('a run whose gateways were not recorded', () => {
  it('is unknown: what was not delivered may have been dropped by a policy, or lost', async () => {
    const whole = await judgeFolder(run);
    expect(whole.verdict).toBe('pass');
    expect(whole.accounting.notSampled.byNone).toBeGreaterThan(0);

    const recorders = loadJson(run, 'recorders') ?? [];
    saveJson(
      run,
      'recorders',
      recorders.filter(({ hop }) => 'backend' in hop),
    );
    const blind = await judgeFolder(run);
    expect(blind.verdict).toBe('unknown');
    expect(blind.accounting).toMatchObject({
      delivered: whole.accounting.delivered,
      notSampled: { byNone: 0 },
      unexplained: whole.accounting.notSampled.byNone,
    });
    expect(blind.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    const unexplained = blind.checks.find(({ name }) => name === 'unexplained');
    expect(unexplained).toMatchObject({
      verdict: 'unknown',
      findings: [{ kind: 'evidence-missing', hop: 'agent→gateway' }],
    });
  });
});

describe('a run whose tables lack what was planned', () => {
  it.each([
    ['plannedSpans', 'sum of spans'],
    ['plannedLogs', 'sum of log records'],
  ] as const)('%s is more than the buckets hold: unknown', async (what, subject) => {
    const facts = loadJson(run, 'facts')!;
    saveJson(run, 'facts', { ...facts, [what]: facts[what] + 2 });
    const { checks } = await judgeFolder(run);
    saveJson(run, 'facts', facts);
    expect(checks.filter(({ name }) => name === 'evidence').at(-1)).toMatchObject({
      subject,
      verdict: 'unknown',
      findings: [{ kind: 'evidence-missing', component: 'ledger', count: 2 }],
    });
  });
});
