import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../lib/errors.ts';
import { runProgram } from '../../shell/run-program.ts';
import { withLock } from './lock.ts';
import type { AcquireSettings } from './types.ts';
import { FIXTURES_DIR } from './versions.ts';

const installWithinMs = 300_000;

/**
 * The folder of a sample application's services with their packages: `fixtures/apps/<name>` copied
 * into the cache, where npm installs what its lock file pins, once for each version of its files.
 *
 * @returns the folder
 * @throws UserError where npm can't bring the packages
 */
export async function installApp(
  name: string,
  settings: AcquireSettings,
  onEvent: (text: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const source = path.join(settings.fixturesDir ?? FIXTURES_DIR, 'apps', name);
  const apps = path.join(settings.cacheDir, 'apps');
  const key = `${name}-${(await digestOf(source)).slice(0, 16)}`;
  const target = path.join(apps, key);
  if (await isThere(target)) return target;
  await mkdir(apps, { recursive: true });
  const lock = path.join(settings.cacheDir, 'locks', key);
  const doing = `installing ${name}`;
  await withLock(
    lock,
    { doing, onWait: () => onEvent('waiting for another run'), signal },
    async () => {
      if (await isThere(target)) return;
      onEvent('installing the npm packages of its services (once, some half a minute)');
      const work = path.join(settings.cacheDir, 'work', key);
      await rm(work, { recursive: true, force: true });
      await cp(source, work, { recursive: true });
      await installPackages(work, settings, signal);
      // By rename: what lies there is always whole.
      await rename(work, target);
    },
  );
  return target;
}

const npmArguments = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];

async function installPackages(
  folder: string,
  { environment, cacheDir }: AcquireSettings,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = { cwd: folder, env: environment, signal, timeoutMs: installWithinMs };
  const { code, errors } = await runProgram('npm', npmArguments, options);
  if (code === 0) return;
  throw new UserError(
    `npm could not install the packages of the sample application (exit code ${code}): ${errors}\n` +
      `Hint: a connection to the npm registry is needed once; what was installed stays in ${cacheDir}`,
  );
}

/** Of all its files: another version of them is installed beside this one. */
async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of (await readdir(folder)).sort()) {
    if (file === 'node_modules') continue;
    hash.update(`${file}\n`).update(await readFile(path.join(folder, file)));
  }
  return hash.digest('hex');
}

const isThere = (folder: string): Promise<boolean> =>
  stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
