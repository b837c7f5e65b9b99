import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRaw } from '../evidence/raw.ts';
import { sealRun } from '../evidence/seal.ts';
import type { Verdict } from '../judge/types.ts';
import { judgeAgain } from '../judge-folder.ts';
import { UserError } from '../lib/errors.ts';
import { type Edit, editRun } from './edit.ts';
import { whyHarmless } from './harmless.ts';

const runs = join(import.meta.dirname, '..', '..', 'fixtures', 'runs');
/** A run that is edited, and the other that lends it what is foreign. */
type Pair = readonly [string, string];
/** Pairs of recorded runs that pass; each pair has some kinds of evidence. */
export const pairs: Readonly<Record<'spans' | 'queues' | 'users' | 'ways', Pair>> = {
  spans: ['small-kill', 'small-steady'],
  queues: ['small-queue', 'small-kill'],
  users: ['small-shop', 'small-links'],
  ways: ['small-archive', 'small-routed'],
};

/** What became of an edit: the last three are defects of the bench. */
export const fates = [
  'unknown',
  'fail',
  'refused',
  'harmless',
  'wrong pass',
  'blamed',
  'crash',
] as const;
export type Fate = (typeof fates)[number];

/** The bench itself is wrong. */
export const isDefect = (fate: Fate): boolean => ['wrong pass', 'blamed', 'crash'].includes(fate);

export interface Tried {
  readonly seed: number;
  readonly run: string;
  readonly edit: Edit;
  readonly fate: Fate;
  readonly why: string;
}

/** Two recorded runs that pass, to be edited one edit at a time. */
export interface Bench extends Disposable {
  /** Edits, seals anew, judges. */
  try(seed: number): Promise<Tried>;
}

export async function createBench(names: Pair = pairs.spans): Promise<Bench> {
  const root = mkdtempSync(join(tmpdir(), 'edits-'));
  const whole = new Map<string, string>();
  for (const name of names) {
    const folder = join(root, name);
    cpSync(join(runs, name), folder, { recursive: true });
    const verdict = await judgeAgain(folder);
    if (verdict.verdict !== 'pass') throw new Error(`${name} is no pass as it was recorded`);
    rmSync(join(folder, 'timeline.json'));
    whole.set(name, said(verdict));
  }
  return {
    try: async (seed) => {
      const name = names[seed % 2] as string;
      const other = names[(seed + 1) % 2] as string;
      const folder = join(root, `edited-${seed}`);
      cpSync(join(root, name), folder, { recursive: true });
      try {
        const edit = editRun(folder, join(root, other), seed);
        sealAnew(folder);
        const { fate, why } = await judgeEdited(folder, edit, whole.get(name) ?? '');
        return { seed, run: name, edit, fate, why };
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Durations and the words of its notes apart. */
const said = ({ timings: _, ...verdict }: Verdict): string => JSON.stringify(verdict);

/** The oracle, not the digest, must notice. */
function sealAnew(folder: string): void {
  try {
    const raw = loadRaw(folder);
    if (raw) sealRun(folder, raw);
  } catch {
    // What can't be read can't be sealed: the old seal stays.
    if (!existsSync(join(folder, 'seal.json'))) throw new Error('the seal went');
  }
}

async function judgeEdited(
  folder: string,
  edit: Edit,
  whole: string,
): Promise<{ fate: Fate; why: string }> {
  let verdict: Verdict;
  try {
    verdict = await judgeAgain(folder);
  } catch (error) {
    if (error instanceof UserError) return { fate: 'refused', why: error.message };
    return { fate: 'crash', why: String((error as Error).stack ?? error) };
  }
  const found = verdict.checks.flatMap(({ findings }) => findings);
  const why = found.map(({ component, cause }) => `${component}: ${cause}`).join('; ');
  if (verdict.verdict === 'pass') {
    const rule = whyHarmless(edit, said(verdict) === whole);
    return rule ? { fate: 'harmless', why: rule } : { fate: 'wrong pass', why };
  }
  const isGone = edit.path === undefined && ['delete', 'empty', 'cut'].includes(edit.kind);
  if (verdict.verdict === 'fail' && isGone) return { fate: 'blamed', why };
  return { fate: verdict.verdict, why };
}
