import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { digestFile } from '../../shell/digest.ts';
import type { RawRun } from '../raw.ts';
import { outcomesFile } from '../recorded.ts';
import { evidenceFolder, loadJson } from '../store.ts';
import type { Doubt } from '../types.ts';
import { contradictAnswers } from './answers.ts';
import { type Journaled, readJournal } from './journal.ts';
import { contradictLives } from './lives.ts';
import { contradictLogs } from './logs.ts';
import { contradictOutcomes } from './outcomes.ts';
import { contradictRecorders } from './recorders.ts';

export interface Known {
  /** Tiers whose collectors say less than `info`. */
  readonly quietTiers: ReadonlySet<string>;
  readonly plannedBlocks: number;
}

/**
 * Where the records of a whole run contradict each other. Each fact that a verdict stands on was
 * written twice, by different hands or at different moments; the digests are not asked here.
 */
export function findContradictions(
  runFolder: string,
  raw: RawRun,
  { quietTiers, plannedBlocks }: Known,
): Doubt[] {
  const journal = readJournal(runFolder);
  const ended = journal.of('load ended');
  return [
    ...journal.doubts,
    ...contradictRun(runFolder, raw, journal),
    ...contradictLives(raw),
    ...contradictLogs(runFolder, raw, quietTiers),
    ...contradictOutcomes(outcomesFile(runFolder), raw, ended, plannedBlocks),
    ...contradictAnswers(readAnswers(runFolder), journal.of('asked'), raw, ended),
    ...contradictRecorders(loadJson(runFolder, 'recorders') ?? [], raw, journal),
  ];
}

function readAnswers(runFolder: string): unknown {
  const file = join(evidenceFolder(runFolder), 'answers.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** What `run.json` and `plan.json` say against what was written while the run went on. */
function contradictRun(runFolder: string, raw: RawRun, journal: Journaled): Doubt[] {
  const told = journal.of('recorded').run as Partial<RawRun> | undefined;
  const keys = [...new Set([...Object.keys(raw), ...Object.keys(told ?? {})])];
  const other = keys.filter(
    (key) => !isDeepStrictEqual(raw[key as keyof RawRun], told?.[key as keyof RawRun]),
  );
  const plan = journal.of('plan');
  const { sha256 } = digestFile(join(runFolder, 'plan.json'));
  const receipts = journal.entries.flatMap((e) => (e.event === 'receipt' ? [e.receipt] : []));
  const unproved = raw.receipts.filter((r) => !receipts.some((own) => isDeepStrictEqual(own, r)));
  const load = journal.of('load ended').load as Partial<RawRun['load']> | undefined;
  return [
    ...(other.length > 0 ? [about(`says other ${other.join(', ')} than the journal`)] : []),
    ...(plan.hash === raw.planHash ? [] : [about('names another plan than the journal')]),
    ...(plan.sha256 === sha256 ? [] : [{ file: 'plan.json', what: 'is not what was planned' }]),
    ...(journal.of('blocks').startMs === raw.startMs
      ? []
      : [about('starts at another moment than the load was written for')]),
    ...(unproved.length > 0 || receipts.length !== raw.receipts.length
      ? [about(`has ${raw.receipts.length} receipts, not those of the journal`)]
      : []),
    ...(load?.exitCode === raw.load.exitCode ? [] : [about('has another end of the load')]),
  ];
}

const about = (what: string): Doubt => ({ file: 'run.json', what });
