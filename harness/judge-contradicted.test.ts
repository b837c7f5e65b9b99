import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadRaw, type RawRun, saveRaw } from './evidence/raw.ts';
import { sealRun } from './evidence/seal.ts';
import { loadJson, saveJson } from './evidence/store.ts';
import type { BackendAnswers } from './evidence/types.ts';
import { judgeAgain } from './judge-folder.ts';

/** Records that contradict each other, sealed as if they had been recorded so. */
const recorded = join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-kill');
let root: string;
let folder: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'contradicted-'));
});
beforeEach(() => {
  folder = mkdtempSync(join(root, 'run-'));
  cpSync(recorded, folder, { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true }));

const path = (name: string): string => join(folder, name);
const edit = (name: string, change: (text: string) => string): void =>
  writeFileSync(path(name), change(readFileSync(path(name), 'utf8')));
const editRun = (change: (raw: RawRun) => Partial<RawRun>): void => {
  const raw = loadRaw(folder) as RawRun;
  saveRaw(folder, { ...raw, ...change(raw) });
};
/** In both places that say it: only what it says against the rest is left. */
const editTold = (change: (raw: RawRun) => Partial<RawRun>): void => {
  editRun(change);
  const raw = loadRaw(folder) as RawRun;
  edit('journal.jsonl', (text) =>
    text
      .split('\n')
      .map((line) => (line.includes('"event":"recorded"') ? retold(line, raw) : line))
      .join('\n'),
  );
};
const retold = (line: string, run: RawRun): string => JSON.stringify({ ...JSON.parse(line), run });
const editAnswers = (change: (answers: BackendAnswers) => Partial<BackendAnswers>): void => {
  const answers = loadJson(folder, 'answers') as BackendAnswers;
  saveJson(folder, 'answers', { ...answers, ...change(answers) });
};
const swap = (one: string, other: string): void => {
  renameSync(path(one), path('kept'));
  renameSync(path(other), path(one));
  renameSync(path('kept'), path(other));
};
const log = 'evidence/logs/gateway-collector-0.0.log';
const [firstTap, secondTap] = ['gateway-0-0', 'gateway-1-0'].map(
  (n) => `evidence/taps/${n}.tap`,
) as [string, string];

const cases: readonly (readonly [string, () => void, RegExp])[] = [
  [
    'a life that ended at another moment',
    () =>
      editRun(({ lives }) => ({ lives: lives.map((l) => ({ ...l, startedMs: l.startedMs + 9 })) })),
    /says other lives than the journal/,
  ],
  [
    'a life that is there twice',
    () => editTold(({ lives }) => ({ lives: [...lives, ...lives.slice(0, 1)] })),
    /has life .* twice/,
  ],
  [
    'a receipt of another pod',
    () =>
      editTold(({ receipts }) => ({
        receipts: receipts.map((r) => ({ ...r, pod: 'gateway-collector-0' })),
      })),
    /gateway-collector-0 is gateway\/0/,
  ],
  [
    'a receipt with another exit code',
    () =>
      editTold(({ receipts }) => ({
        receipts: receipts.map((r) => ({ ...r, proof: { ...r.proof, exitCode: 1 } })),
      })),
    /with exit code 1, its life ended with 137/,
  ],
  [
    'a receipt of another moment',
    () =>
      editTold(({ receipts }) => ({
        receipts: receipts.map((r) => ({ ...r, injectedMs: r.injectedMs - 60_000 })),
      })),
    /no life of gateway-collector-1 at its moment/,
  ],
  [
    'two outcomes of one block',
    () => edit('evidence/outcomes.log', (text) => `${text}\n${text.split('\n')[3]}\n`),
    /two outcomes of block/,
  ],
  ['two taps swapped', () => swap(firstTap, secondTap), /says it is the record of gateway-1-0/],
  ['an empty log', () => writeFileSync(path(log), ''), /is empty: a collector says when it starts/],
  ['a log that is cut off', () => edit(log, (t) => t.slice(0, t.length >> 1)), /is cut off before/],
  [
    'an answer that was not asked for',
    () => editAnswers(({ searched = [] }) => ({ searched: [...searched, 'f'.repeat(32)] })),
    /traces by search: f+ was not asked for/,
  ],
  [
    'a trace that was asked for twice',
    () => editAnswers(({ traces }) => ({ traces: [...traces, ...traces.slice(0, 1)] })),
    /traces by id: one is there twice/,
  ],
  [
    'an answer that is missing',
    () => editAnswers(({ traces }) => ({ traces: traces.slice(1) })),
    /was asked for and is not there/,
  ],
  [
    'a journal without one of its lines',
    () => edit('journal.jsonl', (text) => text.split('\n').toSpliced(5, 1).join('\n')),
    /line 6 is not entry 6/,
  ],
];

it.each(cases)('%s is unknown, and named', async (_, change, cause) => {
  change();
  sealRun(folder, loadRaw(folder) as RawRun);
  const verdict = await judgeAgain(folder);
  expect(verdict.verdict).toBe('unknown');
  const findings = verdict.checks.flatMap((check) => check.findings);
  expect(findings.map((finding) => finding.cause).join('\n')).toMatch(cause);
});
