import { relative, resolve } from 'node:path';
import { findingKinds } from './judge/findings.ts';
import type { CheckResult } from './judge/types.ts';
import type { Place } from './lib/errors.ts';
import { loadSource } from './run-source.ts';
import { askedAt } from './scenario/asked-at.ts';
import { readScenario } from './scenario/decode.ts';
import type { Expectation } from './scenario/types.ts';

/**
 * Where the expectation behind a check stands in the scenario of a stored run; undefined where that
 * file lies outside the folder in which the bench was called.
 */
export function placeBehind(runFolder: string, check: CheckResult): Place | undefined {
  const { path, text } = loadSource(runFolder).scenarioFile;
  const file = relative(process.cwd(), resolve(path));
  if (file.startsWith('..')) return undefined;
  const { scenario } = readScenario(path, text, findingKinds);
  const index = scenario.expect.findIndex((one) => isBehind(one, check));
  const { line, column } = scenario.place(index < 0 ? ['expect'] : ['expect', index]);
  return { file, line, column };
}

/** A check's subject is a class, a tier or an alert that its expectation names; at one backend. */
function isBehind(expectation: Expectation, { name, subject }: CheckResult): boolean {
  if (expectation.check !== name) return false;
  const { at } = askedAt(expectation) ?? {};
  const own = at === undefined ? subject : subject.slice(0, -`at ${at}`.length).trim();
  if (at !== undefined && !subject.endsWith(`at ${at}`)) return false;
  return own === '' || Object.values(expectation).some((value) => value === own);
}
