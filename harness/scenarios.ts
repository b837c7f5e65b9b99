import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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

/** The name of a scenario, whatever folder it is in: no two have the same (a test looks). */
export const nameOf = (file: string): string => basename(file).replace(/\.ya?ml$/, '');

/** Stands for every scenario that comes with the bench. */
const all = 'all';

/**
 * The files that a name means: `all`, a folder of scenarios, a scenario with or without its folder,
 * or a path.
 * @throws UserError for one that is none
 */
export function findScenarios(written: string): string[] {
  const known = scenarioNames();
  if (written === all) return known.map(fileOf);
  const inFolder = known.filter((name) => dirname(name) === written.replace(/\/$/, ''));
  return inFolder.length > 0 && written !== '.'
    ? inFolder.map(fileOf)
    : [findScenario(written, known)];
}

function findScenario(written: string, known: readonly string[]): string {
  const isPath = /\.ya?ml$/.test(written);
  if (isPath && existsSync(written)) return written;
  const name = isPath ? nameOf(written) : written;
  const found = known.find((candidate) => candidate === name || basename(candidate) === name);
  if (found && !isPath) return fileOf(found);
  const hint = found
    ? `did you mean "${found}"?`
    : didYouMean(name, [...known, ...known.map(nameOf)]);
  const what = isPath
    ? `${written}: no such file`
    : `no scenario "${written}"; known: ${knownText(known)}`;
  throw new UserError(`${what}${hint ? `. Hint: ${hint}` : ''}`);
}

/** By name those that are in no folder, by number those that are: there are many. */
function knownText(known: readonly string[]): string {
  const folders = [...new Set(known.map(dirname))].filter((folder) => folder !== '.').sort();
  const counts = folders.map(
    (folder) => `${known.filter((name) => dirname(name) === folder).length} in ${folder}/`,
  );
  return [...known.filter((name) => dirname(name) === '.'), ...counts].join(', ');
}

/** The files of the scenarios with a tag. @throws UserError for a tag that none has */
export const findTagged = (tag: string): string[] =>
  listTagged(tag).map(({ name }) => fileOf(name));

/** The scenarios with a tag. @throws UserError for a tag that none has */
export function listTagged(tag: string): ListedScenario[] {
  const listed = listScenarios();
  const tagged = listed.filter(({ scenario }) => scenario.tags.includes(tag));
  if (tagged.length > 0) return tagged;
  const known = [...new Set(listed.flatMap(({ scenario }) => scenario.tags))].sort();
  const hint = didYouMean(tag, known);
  throw new UserError(
    `no scenario has the tag "${tag}"; known: ${known.join(', ')}${hint ? `. Hint: ${hint}` : ''}`,
  );
}
