import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findingKinds } from './judge/findings.ts';
import { UserError } from './lib/errors.ts';
import { didYouMean } from './lib/nearest.ts';
import { decodeScenario } from './scenario/decode.ts';
import type { Scenario } from './scenario/types.ts';

export const scenariosFolder = join(import.meta.dirname, '..', 'scenarios');

/** Names of the scenarios that come with the bench: `steady`, `negative/altered`. */
export function scenarioNames(): string[] {
  return readdirSync(scenariosFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace(/\.yaml$/, ''))
    .sort();
}

/** A scenario with the name by which it is run: `steady`, `negative/exported-twice`. */
export interface ListedScenario {
  readonly name: string;
  readonly scenario: Scenario;
}

/** Every scenario that comes with the bench, read. @throws UserError naming a file's mistakes */
export const listScenarios = (): ListedScenario[] =>
  scenarioNames().map((name) => ({
    name,
    scenario: readScenario(join(scenariosFolder, `${name}.yaml`)),
  }));

function readScenario(file: string): Scenario {
  return decodeScenario(file, readFileSync(file, 'utf8'), findingKinds);
}

/**
 * Finds the files that names, paths and tags mean; nothing named means `gateway-kill`.
 * @throws UserError for a name that is none
 */
export function findScenarios(names: readonly string[], tags: readonly string[]): string[] {
  const known = scenarioNames();
  const byName = names.map((name) => {
    if (/\.ya?ml$/.test(name) && existsSync(name)) return name;
    const found = known.find((candidate) => candidate === name || candidate === `negative/${name}`);
    if (found) return join(scenariosFolder, `${found}.yaml`);
    const hint = didYouMean(name, known);
    throw new UserError(
      `no scenario "${name}"; known: ${known.join(', ')}${hint ? `. Hint: ${hint}` : ''}`,
    );
  });
  const byTag = tags.flatMap((tag) => {
    const files = known
      .map((name) => join(scenariosFolder, `${name}.yaml`))
      .filter((file) => readScenario(file).tags.includes(tag));
    if (files.length === 0) throw new UserError(`no scenario has the tag "${tag}"`);
    return files;
  });
  const all = [...byName, ...byTag];
  return all.length > 0 ? [...new Set(all)] : [join(scenariosFolder, 'gateway-kill.yaml')];
}
