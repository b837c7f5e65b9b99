import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { UserError } from './lib/errors.ts';
import { didYouMean } from './lib/nearest.ts';
import { scenarioNames } from './scenarios.ts';
import { isFolder } from './shell/folder.ts';

/** What a folder holds that is a run: its plan is saved before anything else. */
const isRun = (folder: string): boolean => existsSync(join(folder, 'plan.json'));

/** Whether there is anything of a run to judge, or to read: one that ended early has neither. */
export const isRecorded = (folder: string): boolean =>
  ['run.json', 'verdict.json'].some((name) => existsSync(join(folder, name)));

/**
 * Finds the run that a user means: its folder, a folder with a `latest` in it, `latest` (the newest
 * of all), a scenario's name (its newest run), `scenario/run`, or a run's own name.
 *
 * @returns the run's folder, links resolved
 * @throws UserError that names the runs there are
 */
export function findRun(reference: string, reportsFolder: string): string {
  const runs = listRuns(reportsFolder);
  const named = withoutFolder(reference).replace(/\/+$/, '');
  const inReports = join(reportsFolder, named);
  const places = [reference, join(reference, 'latest')];
  // A name never leads out of the folder of reports.
  if (!isAbsolute(named) && !relative(reportsFolder, inReports).startsWith('..')) {
    places.push(inReports, join(inReports, 'latest'));
  }
  const place = places.find((folder) => isFolder(folder) && isRun(folder));
  if (place) return realpathSync(place);
  const newest = runs
    .filter((folder) =>
      named === basename(folder)
        ? true
        : isRecorded(folder) && ['latest', basename(dirname(folder))].includes(named),
    )
    .sort((a, b) => plannedMs(a) - plannedMs(b))
    .at(-1);
  if (newest) return newest;
  const scenarios = [
    ...new Set(runs.filter(isRecorded).map((folder) => basename(join(folder, '..')))),
  ].sort();
  const hint = didYouMean(named, scenarios);
  const isNone = places.some(isFolder)
    ? `${reference}: plan.json is missing, it is no folder of a run`
    : `no run "${reference}"`;
  throw new UserError(
    `${isNone}; known: ${scenarios.length > 0 ? `latest, ${scenarios.join(', ')}` : 'none yet'}. ` +
      `Hint: ${hint ?? 'name a scenario that ran, or the folder that its run printed'}`,
  );
}

/** Runs lie under the scenario's name alone, whatever folder its file is in. */
function withoutFolder(reference: string): string {
  const folder = dirname(reference);
  const isOfScenarios = scenarioNames().some((name) => name.startsWith(`${folder}/`));
  return isOfScenarios ? basename(reference) : reference;
}

/** Folders of all runs in the folder of reports. */
function listRuns(reportsFolder: string): string[] {
  return foldersIn(reportsFolder).flatMap((scenario) => foldersIn(scenario).filter(isRun));
}

/** Folders directly in another; links such as `latest` are left out. */
function foldersIn(folder: string): string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

const plannedMs = (folder: string): number => statSync(join(folder, 'plan.json')).mtimeMs;
