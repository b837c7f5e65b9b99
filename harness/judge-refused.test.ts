import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadJson, saveJson } from './evidence/store.ts';
import { judgeFolder } from './judge-folder.ts';
import { writeRecords } from './oracle.testing.ts';
import { reingest } from './reingest.ts';

/** A recorded run, edited: the first tier refused every request, and so nothing came anywhere. */
const recorded = join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-steady');
let run: string;

const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(join(run, file), change(readFileSync(join(run, file), 'utf8')));

beforeAll(async () => {
  run = mkdtempSync(join(tmpdir(), 'refused-'));
  cpSync(recorded, run, { recursive: true });
  edit('evidence/outcomes.log', (text) =>
    text.replaceAll(/^(block \d+ \d+ \d+) 200 0 \d+$/gm, '$1 503 1503 0'),
  );
  const taps = join(run, 'evidence', 'taps');
  for (const name of readdirSync(taps)) {
    if (!name.includes('prometheus')) writeRecords(join(taps, name), []);
  }
  const answers = loadJson(run, 'answers');
  if (answers) saveJson(run, 'answers', { ...answers, traces: [], searched: [], logs: [] });
  await reingest(run);
});
afterAll(() => rmSync(run, { recursive: true, force: true }));

describe('a run of which nothing was taken in', () => {
  it.each([
    'lost: { spans: 0 }',
    'duplicated: { spans: 0 }',
    'altered: { spans: 0 }',
    'decided: as-predicted',
    'late: { joined: 100%, orphaned: 0 }',
    'restarts: 0',
    'oomKilled: 0',
    'unexplained: { spans: 0 }',
  ])('proves nothing to a scenario that asks for `%s` alone', async (line) => {
    edit('plan.json', (text) => {
      const plan = JSON.parse(text);
      const scenario = plan.scenarioFile.text.replace(/expect:[\s\S]*$/, `expect:\n  - ${line}\n`);
      return JSON.stringify({ ...plan, scenarioFile: { ...plan.scenarioFile, text: scenario } });
    });
    const { verdict, checks, accounting } = await judgeFolder(run);
    expect(verdict).toBe('unknown');
    expect(accounting).toMatchObject({ planned: 600, refused: 600, delivered: 0 });
    expect(checks.find(({ name }) => name === 'load')).toMatchObject({
      verdict: 'unknown',
      findings: [{ kind: 'refused-at-entry', count: 600 }, { kind: 'refused-at-entry' }],
    });
    const asked = checks.find(({ name }) => line.startsWith(name));
    const always = ['restarts', 'oomKilled', 'unexplained'];
    expect(asked?.verdict).toBe(always.includes(asked?.name ?? '') ? 'pass' : 'unknown');
  });
});
