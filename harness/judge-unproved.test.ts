import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRaw, type RawRun, saveRaw } from './evidence/raw.ts';
import { outcomesFile } from './evidence/recorded.ts';
import { sealRun } from './evidence/seal.ts';
import type { Verdict } from './judge/types.ts';
import { judgeAgain } from './judge-folder.ts';
import { understand } from './prepare.ts';
import { loadSource } from './run-source.ts';
import type { FaultKind } from './scenario/types.ts';

/**
 * Without its receipt, or with its load short, a run with a fault proves nothing. Each verb has a
 * recorded run that passes as it is; what goes, goes from everywhere that tells it, and is sealed
 * anew.
 */
const runs = join(import.meta.dirname, '..', 'fixtures', 'runs');
const recorded = {
  kill: 'small-kill',
  pause: 'small-queue',
  partition: 'small-partition',
  scale: 'small-scale',
  wipe: 'small-crashes',
  restart: 'small-crashes',
  oom: 'small-crashes',
  roll: 'small-refusals',
  outage: 'small-refusals',
  answer: 'small-refusals',
  slow: 'small-refusals',
  strip: 'small-strip',
} as const satisfies Record<FaultKind, string>;
const verbs = Object.keys(recorded) as FaultKind[];
const names = [...new Set(Object.values(recorded))];
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'unproved-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function judgeEdited(name: string, edit: (folder: string) => void): Promise<Verdict> {
  const folder = mkdtempSync(join(root, 'run-'));
  cpSync(join(runs, name), folder, { recursive: true });
  edit(folder);
  sealRun(folder, loadRaw(folder) as RawRun);
  // Whether its records contradict each other is not asked: what is left alone must not blame.
  const verdict = await judgeAgain(folder, { unsealed: true });
  rmSync(folder, { recursive: true, force: true });
  return verdict;
}

/** The run, and what its journal says of it. */
function tellOtherwise(folder: string, change: (raw: RawRun) => RawRun): void {
  const run = change(loadRaw(folder) as RawRun);
  saveRaw(folder, run);
  const isTold = (receipt: unknown): boolean =>
    run.receipts.some((own) => JSON.stringify(own) === JSON.stringify(receipt));
  const file = join(folder, 'journal.jsonl');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const left = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ event, receipt }) => event !== 'receipt' || isTold(receipt))
    .map((entry, i) => ({
      ...entry,
      entry: i + 1,
      ...(entry.event === 'recorded' ? { run } : {}),
    }));
  writeFileSync(file, `${left.map((entry) => JSON.stringify(entry)).join('\n')}\n`);
}

/** What was not a pass, with its first reason. */
const reasonsOf = ({ checks }: Verdict): string[] =>
  checks
    .filter(({ verdict }) => verdict !== 'pass')
    .map((c) => `${c.verdict} ${c.name} ${c.subject}: ${c.findings[0]?.cause ?? c.observed}`);

describe.each(names)('%s', (name) => {
  it('passes as it was recorded', async () => {
    const verdict = await judgeEdited(name, () => undefined);
    expect(verdict.verdict, reasonsOf(verdict).join('\n')).toBe('pass');
  });

  it('is unknown where the last third of its load was never sent', async () => {
    const verdict = await judgeEdited(name, (folder) => {
      const file = outcomesFile(folder);
      const lines = readFileSync(file, 'utf8').split('\n');
      writeFileSync(file, lines.slice(0, Math.floor((lines.length * 2) / 3)).join('\n'));
    });
    expect(verdict.verdict, reasonsOf(verdict).join('\n')).toBe('unknown');
    const load = verdict.checks.find((check) => check.name === 'load');
    expect(load?.findings[0]).toMatchObject({ kind: 'load-not-offered', cause: 'never sent' });
  });

  it('is unknown where its load came late', async () => {
    const verdict = await judgeEdited(name, (folder) => {
      const file = outcomesFile(folder);
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replace(/^(block \d+) (\d+) (\d+)/gm, later));
    });
    expect(verdict.verdict, reasonsOf(verdict).join('\n')).toBe('unknown');
    const load = verdict.checks.find((check) => check.name === 'load');
    expect(load?.findings[0]).toMatchObject({ kind: 'load-not-offered', cause: /late/ });
  });
});

/** Every block of the last ones, sent two seconds behind its moment. */
const later = (_: string, block: string, sent: string, answered: string): string =>
  `${block} ${Number(sent) + lateMs} ${Number(answered) + lateMs}`;
const lateMs = 2_000;

describe.each(verbs)('a run with %s', (verb) => {
  const name = recorded[verb];
  const { faults: planned } = understand(loadSource(join(runs, name))).plan;
  const all = planned.flatMap((fault) =>
    fault.spec.kind === verb ? fault.ordinals.map((n) => `${fault.tier}/${n}`) : [],
  );
  // One that came may go again: a fault each.
  const targets = [...new Set(all)];

  it('has one to lose', () => expect(targets).not.toEqual([]));

  it.each(targets)('is unknown without the receipt of %s', async (target) => {
    const verdict = await judgeEdited(name, (folder) =>
      tellOtherwise(folder, (raw) => ({
        ...raw,
        receipts: raw.receipts.filter((r) => r.kind !== verb || r.target !== target),
      })),
    );
    expect(verdict.verdict, reasonsOf(verdict).join('\n')).toBe('unknown');
    const faults = verdict.checks.find((check) => check.name === 'faults');
    const cause = `no receipt for ${verb} ${target}`;
    expect(faults?.findings).toMatchObject([
      { kind: 'evidence-missing', component: target, cause },
    ]);
  });

  it.each(targets)('is unknown where the receipt of %s proves nothing', async (target) => {
    const verdict = await judgeEdited(name, (folder) =>
      tellOtherwise(folder, (raw) => ({
        ...raw,
        receipts: raw.receipts.map((r) =>
          r.kind === verb && r.target === target ? { ...r, bit: false } : r,
        ),
      })),
    );
    expect(verdict.verdict, reasonsOf(verdict).join('\n')).toBe('unknown');
    const faults = verdict.checks.find((check) => check.name === 'faults');
    const found = faults?.findings.map(({ kind, component }) => `${kind} ${component}`);
    expect([...new Set(found)]).toEqual([`fault-did-not-bite ${target}`]);
  });
});
