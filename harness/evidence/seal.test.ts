import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seal } from './files.ts';
import { loadRaw, type RawRun, saveRaw } from './raw.ts';
import { checkSeal, sealRun } from './seal.ts';

const runs = join(import.meta.dirname, '..', '..', 'fixtures', 'runs');
const recorded = join(runs, 'small-kill');
const other = join(runs, 'small-steady');
const { files } = JSON.parse(readFileSync(join(recorded, 'seal.json'), 'utf8')) as Seal;
const names = Object.keys(files);
const root = mkdtempSync(join(tmpdir(), 'seal-'));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(root, 'run-'));
  cpSync(recorded, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(() => rmSync(root, { recursive: true }));

const rawOf = (run: string): RawRun => loadRaw(run) as RawRun;
const doubted = (): string[] => checkSeal(folder, rawOf(recorded)).map(({ file }) => file);

/** Turns one bit in the middle. */
function turn(file: string): void {
  const bytes = readFileSync(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

describe('a sealed run', () => {
  it('is as it was, wherever it is copied to', () => {
    expect(names.length).toBeGreaterThanOrEqual(13);
    expect(doubted()).toEqual([]);
  });

  it.each(names)('whose %s went is not', (name) => {
    rmSync(join(folder, name));
    expect(doubted()).toEqual([name]);
  });

  it.each(names)('whose %s was cut off by a byte is not', (name) => {
    truncateSync(join(folder, name), (files[name]?.bytes ?? 1) - 1);
    expect(doubted()).toEqual([name]);
  });

  it.each(names)('of whose %s a bit is another is not', (name) => {
    turn(join(folder, name));
    expect(doubted()).toEqual([name]);
  });

  it.each(names.filter((name) => !/logs/.test(name)))(
    'with the %s of another run is not',
    (name) => {
      cpSync(join(other, name), join(folder, name));
      expect(doubted()).toEqual([name]);
    },
  );

  it('may have a journal that goes on, as its end is written behind the seal', () => {
    const file = join(folder, 'journal.jsonl');
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"entry":99}\n`);
    expect(doubted()).toEqual([]);
  });

  it('has no record that came later', () => {
    const log = 'evidence/logs/agent-collector-zzzzz.0.log';
    writeFileSync(join(folder, log), 'another’s');
    expect(doubted()).toEqual([log]);
  });

  it.each(['', '{', '{}', 'null'])('is in doubt with a seal of "%s"', (text) => {
    writeFileSync(join(folder, 'seal.json'), text);
    expect(doubted()).toEqual(['seal.json']);
  });

  it('is in doubt without its seal', () => {
    rmSync(join(folder, 'seal.json'));
    expect(doubted()).toEqual(['seal.json']);
  });

  it.each(['runId', 'planHash', 'seed'] as const)('is not that of another %s', (key) => {
    const seal = JSON.parse(readFileSync(join(folder, 'seal.json'), 'utf8'));
    writeFileSync(
      join(folder, 'seal.json'),
      JSON.stringify({ ...seal, [key]: key === 'seed' ? 7 : 'another' }),
    );
    expect(checkSeal(folder, rawOf(folder))).toMatchObject([
      { file: 'run.json', what: expect.stringContaining(`${key} `) },
    ]);
  });

  it('can be sealed anew', () => {
    saveRaw(folder, { ...rawOf(folder), notes: ['edited'] });
    expect(doubted()).toEqual(['run.json']);
    sealRun(folder, rawOf(folder));
    expect(doubted()).toEqual([]);
  });
});

it('a run from before there were seals is not asked for one', () => {
  const { seed, ...old } = rawOf(folder);
  expect(seed).toBe(5);
  rmSync(join(folder, 'seal.json'));
  expect(checkSeal(folder, old)).toEqual([]);
});
