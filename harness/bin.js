#!/usr/bin/env node
// What `npx <this repository>` starts, in plain JavaScript that any Node >= 18 runs. Reports go
// where the user is. Node runs no TypeScript below a `node_modules`: an installed bench is copied
// into the user's cache, once for each content and place, and started there.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = realpathSync(join(dirname(fileURLToPath(import.meta.url)), '..'));
process.env.BENCH_REPORTS ||= join(process.cwd(), 'reports');

try {
  const home = root.split(sep).includes('node_modules') ? copied() : root;
  await import(pathToFileURL(join(home, 'harness', 'bootstrap.js')).href);
} catch (error) {
  process.stderr.write(`The bench can't be started from ${root}: ${error?.message ?? error}\n`);
  process.exit(255);
}

/** The folder of the copy, made where there is none yet. */
function copied() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const sources = join(cache, 'otel-pipeline-bench', 'sources');
  const files = filesIn(root);
  const packages = packagesOf();
  // Links lead from the copy to where the packages are: another place is another copy.
  const digest = createHash('sha256').update(JSON.stringify([root, packages]));
  for (const file of files) digest.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  const home = join(sources, digest.digest('hex').slice(0, 16));
  if (existsSync(home)) return home;
  const half = `${home}.${process.pid}`;
  // One of the same number may have been killed over its copy: in containers they come again.
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  for (const file of files) cpSync(join(root, file), join(half, file));
  for (const [name, target] of packages) linkPackage(half, name, target);
  try {
    renameSync(half, home);
  } catch (error) {
    // Another start was quicker.
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
  return home;
}

/** Every file of the package, not of the packages in it, as a path within it. */
function filesIn(folder, within = '') {
  const entries = readdirSync(join(folder, within), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(within, entry.name);
      if (!entry.isDirectory()) return entry.isFile() ? [path] : [];
      return entry.name === 'node_modules' ? [] : filesIn(folder, path);
    });
}

/** Each package that the bench asks for and where npm put it: beside it, or above. */
function packagesOf() {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(dependencies).map((name) => {
    const target = foldersAbove(root)
      .map((folder) => join(folder, 'node_modules', name))
      .find(existsSync);
    if (!target) throw new Error(`its npm package ${name} is not installed`);
    return [name, realpathSync(target)];
  });
}

function linkPackage(home, name, target) {
  const link = join(home, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(target, link, 'junction');
}

/** A folder, the one that holds it, and so on. */
function foldersAbove(folder) {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersAbove(above)];
}
