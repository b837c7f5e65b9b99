import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findingKinds } from './judge/findings.ts';
import { mapAtOnce, UserError } from './lib/errors.ts';
import { didYouMean } from './lib/nearest.ts';
import { decodeScenario } from './scenario/decode.ts';
import type { Scenario } from './scenario/types.ts';
import { readTextFile } from './shell/folder.ts';

export const scenariosFolder = join(import.meta.dirname, '..', 'scenarios');

/** Names of the scenarios that come with the bench: `steady`, `negative/altered`. */
export function scenarioNames(): string[] {
  return readdirSync(scenariosFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace(/\.yaml$/, ''))
    .sort();
}

/** One of the many small ones: a planted defect, or a change that must change nothing. */
export const isPlanted = (name: string): boolean => /^(defects|equivalent)\//.test(name);

/** A scenario with the name by which it is run: `steady`, `negative/exported-twice`. */
export interface ListedScenario {
  readonly name: string;
  readonly scenario: Scenario;
}

/** Every scenario that comes with the bench, read. @throws UserError naming the files' mistakes */
export const listScenarios = (): ListedScenario[] =>
  mapAtOnce(scenarioNames(), (name) => {
    const { path, text } = readTextFile(fileOf(name));
    return { name, scenario: decodeScenario(path, text, findingKinds) };
  });

/** The file of a scenario that comes with the bench. */
export const fileOf = (name: string): string => join(scenariosFolder, `${name}.yaml`);

/** The file that a name or a path means. @throws UserError for one that is none */
export function findScenario(written: string): string {
  const isPath = /\.ya?ml$/.test(written);
  if (isPath && existsSync(written)) return written;
  const known = scenarioNames();
  const name = isPath ? basename(written).replace(/\.ya?ml$/, '') : written;
  const found = known.find((candidate) => `/${candidate}`.endsWith(`/${name}`));
  if (found && !isPath) return fileOf(found);
  const hint = found ? `did you mean "${found}"?` : didYouMean(name, known);
  const what = isPath
    ? `${written}: no such file`
    : `no scenario "${written}"; known: ${known.filter((one) => !isPlanted(one)).join(', ')}`;
  throw new UserError(`${what}${hint ? `. Hint: ${hint}` : ''}`);
}

/** The files of the scenarios with a tag. @throws UserError for a tag that none has */
export function findTagged(tag: string): string[] {
  const listed = listScenarios();
  const tagged = listed.filter(({ scenario }) => scenario.tags.includes(tag));
  if (tagged.length > 0) return tagged.map(({ name }) => fileOf(name));
  const known = [...new Set(listed.flatMap(({ scenario }) => scenario.tags))].sort();
  const hint = didYouMean(tag, known);
  throw new UserError(
    `no scenario has the tag "${tag}"; known: ${known.join(', ')}${hint ? `. Hint: ${hint}` : ''}`,
  );
}
