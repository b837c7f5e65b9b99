import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Card, type CardResult, cardResultsSchema, scenarioDigest, withCard } from './card.ts';
import { UserError } from './lib/errors.ts';
import { setOption } from './rerun.ts';
import { loadSource } from './run-source.ts';
import { readVerdict } from './run-verdict.ts';
import { fileOf, listScenarios, scenariosFolder } from './scenarios.ts';
import { readJson } from './shell/json.ts';

const resultsFile = join(scenariosFolder, 'card.json');
const readmeFile = join(scenariosFolder, '..', 'README.md');

/** What is known of the design card: the scenario files as they stand, and the kept verdicts. */
export const readCard = (): Card => ({
  scenarios: listScenarios()
    .filter(({ scenario }) => scenario.card.length > 0)
    .map((one) => ({ ...one, digest: digestOf(fileOf(one.name)) })),
  results: existsSync(resultsFile)
    ? readJson<readonly CardResult[]>(resultsFile, cardResultsSchema, 'git checkout scenarios')
    : [],
});

const digestOf = (file: string): string => scenarioDigest(file, readFileSync(file, 'utf8'));

/** Writes the verdicts that are kept, and the table of `README.md` made of them. */
export function saveCard(card: Card): void {
  writeFileSync(resultsFile, `${JSON.stringify(card.results, undefined, 2)}\n`);
  writeFileSync(readmeFile, withCard(readFileSync(readmeFile, 'utf8'), card));
}

/**
 * What one run says of the card.
 * @throws UserError where it proves no cell: of another pipeline, edited, of another scenario
 */
export function cardResultOf(runFolder: string, { scenarios }: Card): CardResult {
  const source = loadSource(runFolder);
  const { scenario: name, runtime, verdict, seed } = readVerdict(runFolder);
  const refuse = (why: string) => new UserError(`${runFolder}: ${why}`);
  const own = scenarios.find(({ scenario }) => scenario.name === name);
  if (!own)
    throw refuse(`${name} is for no cell of the card. Hint: say which by card: in its file`);
  const isEdited = source.edits.some(({ origin }) => origin.startsWith(setOption));
  if (source.pipelineFolder !== undefined || isEdited) {
    throw refuse('ran on another pipeline. Hint: run it without --pipeline and --set');
  }
  const { path, text } = source.scenarioFile;
  const digest = scenarioDigest(path, text);
  if (digest !== own.digest) throw refuse(`${name} has changed since. Hint: run it again`);
  return { scenario: name, runtime, verdict, seeds: [seed], digest };
}
