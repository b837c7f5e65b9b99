import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { UserError } from '../lib/errors.ts';

export interface TextFile {
  /** Relative to the working folder, as a user would name it. */
  readonly path: string;
  readonly text: string;
}

/**
 * The YAML files of a folder, in the order of their names.
 * @throws UserError where there are none
 */
export function readYamlFolder(folder: string): TextFile[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UserError(`${folder}: no such folder. Hint: name a folder of Kubernetes YAML files`);
  }
  const names = readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort();
  if (names.length === 0) {
    throw new UserError(
      `${folder}: no .yaml file in it. Hint: name a folder of Kubernetes YAML files`,
    );
  }
  return names.map((name) => ({
    path: relative(process.cwd(), join(folder, name)),
    text: readFileSync(join(folder, name), 'utf8'),
  }));
}

/** Makes the folder of a new run and points `latest` at it. */
export function createRunFolder(reports: string, scenario: string, runId: string): string {
  const folder = join(reports, scenario, runId);
  mkdirSync(folder, { recursive: true });
  const latest = join(reports, scenario, 'latest');
  if (existsSync(latest) || isLink(latest)) rmSync(latest, { force: true });
  symlinkSync(basename(folder), latest);
  return folder;
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Bytes in a folder and all below it. */
export function folderBytes(folder: string): number {
  let total = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) total += lstatSync(join(entry.parentPath, entry.name)).size;
  }
  return total;
}
