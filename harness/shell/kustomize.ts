import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { UserError } from '../lib/errors.ts';

/** What a kustomization makes of its files; undefined where this machine has no kubectl. */
export type Kustomize = (folder: string) => string | undefined;

/** A folder of manifests is rendered in a second. */
const mostMs = 30_000;
const mostBytes = 20_000_000;
const nowhere = 'http://127.0.0.1:1';

/**
 * Renders with a `kubectl`. It finds no git and no host but this one, so that nothing is fetched
 * that a kustomization names; plugins, charts and files outside its folder it leaves alone by
 * itself (kustomize, commands/build, whose flags are off).
 *
 * @throws UserError with its own words where it refuses
 */
export const kustomizeWith =
  (program: string, withinMs = mostMs) =>
  (folder: string): string => {
    // A whole path is neither an option nor the address of a repository, whatever it is called.
    const { status, stdout, stderr, error } = spawnSync(program, ['kustomize', resolve(folder)], {
      env: { PATH: '', HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere },
      encoding: 'utf8',
      timeout: withinMs,
      maxBuffer: mostBytes,
    });
    if (status === 0) return stdout;
    throw new UserError(`${folder}: kubectl kustomize refuses it: ${wordsOf(error, stderr)}`);
  };

function wordsOf(error: Error | undefined, stderr: string): string {
  if (error && 'code' in error && error.code === 'ETIMEDOUT') return 'it did not come to an end';
  // Behind the time and the place in its own source.
  const said = (error?.message ?? stderr).replace(/^E\d{4} [\s\S]*? err="|"?\s*$/g, '');
  return said.replaceAll(/\s+/g, ' ');
}

/** Each run of a command reads its pipeline again: what came of a folder, or why not, is kept. */
export function onceEach(render: Kustomize): Kustomize {
  const made = new Map<string, ReturnType<Kustomize> | UserError>();
  return (folder) => {
    const known = made.get(folder) ?? attempt(render, folder);
    made.set(folder, known);
    if (known instanceof UserError) throw known;
    return known;
  };
}

function attempt(render: Kustomize, folder: string): ReturnType<Kustomize> | UserError {
  try {
    return render(folder);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** The machine's own. */
export const kustomize: Kustomize = onceEach((folder) => {
  const found = spawnSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' });
  const program = found.stdout.trim();
  return program === '' ? undefined : kustomizeWith(program)(folder);
});
