import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseOutcome } from '../drive/outcomes.ts';
import { loadRaw } from '../evidence/raw.ts';
import type { Verdict } from '../judge/types.ts';
import { understand } from '../prepare.ts';
import { loadSource } from '../run-source.ts';
import { measure } from './measure.ts';

/** How long a user waits for a scenario, from the command on. */
export interface SteadyFigures {
  readonly verdict: string;
  readonly firstSpanMs: number;
  readonly allReadyMs: number;
  readonly totalMs: number;
  readonly loadMs: number;
  readonly decisionWaitMs: number;
}

/**
 * Runs `steady` as a user does, in a process of its own.
 * @param command the program and its arguments, up to the scenario's name
 * @param reportsFolder where that process writes
 */
export async function measureSteady(
  [program = '', ...args]: readonly string[],
  reportsFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<SteadyFigures> {
  const startedMs = Date.now();
  const taken = await measure(program, [...args, 'steady'], environment);
  const runFolder = join(reportsFolder, 'steady', 'latest');
  const raw = loadRaw(runFolder);
  if (!raw || raw.startMs < startedMs) {
    throw new Error(`steady left no run: ${taken.output.slice(-1_000)}`);
  }
  const { plan, pipeline } = understand(loadSource(runFolder));
  const verdict = JSON.parse(readFileSync(join(runFolder, 'verdict.json'), 'utf8')) as Verdict;
  const waits = pipeline.tiers.map((tier) => tier.tailSampling?.decisionWaitMs ?? 0);
  return {
    verdict: verdict.verdict,
    firstSpanMs: firstSentMs(runFolder) - startedMs,
    allReadyMs: Math.max(...raw.lives.map(({ readyMs }) => readyMs ?? Infinity)) - startedMs,
    totalMs: taken.wallMs,
    loadMs: plan.loadMs,
    decisionWaitMs: Math.max(...waits),
  };
}

function firstSentMs(runFolder: string): number {
  const lines = readFileSync(join(runFolder, 'evidence', 'outcomes.log'), 'utf8').split('\n');
  return Math.min(...lines.map((line) => parseOutcome(line)?.sentMs ?? Infinity));
}
