import { lstatSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { folderBytes } from '../shell/folder.ts';
import type { RunFolder } from './select.ts';

/** `2026-11-21-11-48-27-544156`: the moment and the seed. */
const runId = /^\d{4}(-\d\d){5}-\d+$/;
/** The sockets, the volumes, the kind cluster's credentials, what judging spills. */
const scratchNames = ['s', 'volumes', 'kind', 'spill', 'pid'];

/** Every run under `reports/<scenario>/<run id>`; nothing else there is looked at. */
export function findRunFolders(reports: string): RunFolder[] {
  return foldersIn(reports).flatMap((scenario) =>
    foldersIn(join(reports, scenario))
      .filter((name) => runId.test(name))
      .flatMap((name) => ifThere(() => readRun(join(reports, scenario, name))) ?? []),
  );
}

function readRun(folder: string): RunFolder {
  const scratch = readdirSync(folder)
    .filter((name) => scratchNames.includes(name))
    .map((name) => join(folder, name));
  return {
    folder,
    owner: ownerOf(folder),
    changedMs: changedMs(folder),
    scratch: scratch.map((path) => ({ path, changedMs: changedMs(path) })),
  };
}

const changedMs = (path: string): number => lstatSync(path).mtimeMs;

function ownerOf(folder: string): RunFolder['owner'] {
  const file = join(folder, 'pid');
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid > 0 ? { pid, sinceMs: changedMs(file) } : undefined;
  } catch {
    return undefined;
  }
}

/** Links are not followed: `latest` is one. */
function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function bytesOf(path: string): number {
  const facts = lstatSync(path);
  return facts.isDirectory() ? folderBytes(path) : facts.size;
}

/** Undefined where it went meanwhile: another `clean` is at work, or the run itself tidies up. */
function ifThere<T>(of: () => T): T | undefined {
  try {
    return of();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes files and folders; returns how many bytes they had. */
export function removeAll(paths: readonly string[]): number {
  let bytes = 0;
  for (const path of paths) {
    bytes += ifThere(() => bytesOf(path)) ?? 0;
    rmSync(path, { recursive: true, force: true });
  }
  return bytes;
}

/** Takes away links to runs that are gone, and folders of scenarios without a run. */
export function removeEmpty(reports: string): void {
  for (const scenario of foldersIn(reports)) {
    const folder = join(reports, scenario);
    const latest = join(folder, 'latest');
    if (!leadsSomewhere(latest)) rmSync(latest, { force: true });
    try {
      rmdirSync(folder);
    } catch {
      // Not empty.
    }
  }
}

function leadsSomewhere(link: string): boolean {
  return statSync(link, { throwIfNoEntry: false }) !== undefined;
}
