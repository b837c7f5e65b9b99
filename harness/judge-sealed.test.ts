import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadRaw, saveRaw } from './evidence/raw.ts';
import type { Verdict } from './judge/types.ts';
import { judgeAgain } from './judge-folder.ts';
import { renderMarkdown } from './report/markdown.ts';

const runs = join(import.meta.dirname, '..', 'fixtures', 'runs');
let root: string;
let folder: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'sealed-'));
});
beforeEach(() => {
  folder = mkdtempSync(join(root, 'run-'));
  cpSync(join(runs, 'small-kill'), folder, { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true }));

const edit = (name: string, from: string | RegExp, to: string): void => {
  const text = readFileSync(join(folder, name), 'utf8');
  expect(text).toMatch(from);
  writeFileSync(join(folder, name), text.replace(from, to));
};

function expectUnknown(verdict: Verdict, file: string): void {
  expect(verdict.verdict).toBe('unknown');
  expect(verdict.checks.filter((check) => check.verdict === 'fail')).toEqual([]);
  const components = verdict.checks[0]?.findings.map(({ component }) => component);
  expect(verdict.checks[0]).toMatchObject({ name: 'evidence', subject: 'record' });
  expect(components).toContain(file);
}

describe('a run that is not as it was sealed is unknown, with the file named', () => {
  it.each([
    ['another seed', /"seed": 5/, '"seed": 6'],
    ['another rate', /rate: \d+/, 'rate: 25'],
    ['a fault at another moment', /at: 2s/, 'at: 1s'],
    ['another promise', /share: 100%/, 'share: 1%'],
  ])('%s in its plan', async (_, from, to) => {
    edit('plan.json', from, to);
    expectUnknown(await judgeAgain(folder), 'plan.json');
  });

  it('another clock', async () => {
    const raw = loadRaw(folder)!;
    saveRaw(folder, { ...raw, startMs: raw.startMs + 1_000 });
    expectUnknown(await judgeAgain(folder), 'run.json');
  });

  it.each(['plan.json', 'evidence/answers.json', 'evidence/outcomes.log'])(
    'the %s of another run',
    async (name) => {
      cpSync(join(runs, 'small-steady', name), join(folder, name));
      expectUnknown(await judgeAgain(folder), name);
    },
  );

  it('and is judged on purpose with --unsealed, which its report says', async () => {
    saveRaw(folder, { ...loadRaw(folder)!, notes: ['edited'] });
    const verdict = await judgeAgain(folder, { unsealed: true });
    expect(verdict.verdict).toBe('pass');
    expect(verdict.fidelity.filter((note) => note.startsWith('not sealed: run.json'))).not.toEqual(
      [],
    );
    const markdown = renderMarkdown({ verdict, timeline: undefined, folder, folderBytes: 0 });
    expect(markdown).toContain('not sealed: run.json');
  });
});

it('a run from before there were seals is judged, and says so', async () => {
  const { seed: _, ...old } = loadRaw(folder)!;
  saveRaw(folder, old);
  rmSync(join(folder, 'seal.json'));
  const verdict = await judgeAgain(folder);
  expect(verdict.verdict).toBe('pass');
  expect(verdict.fidelity).toContain(
    'not sealed: seal.json is not there: recorded before runs were sealed, judged as it is',
  );
});
