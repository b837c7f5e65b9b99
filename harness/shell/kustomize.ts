import { spawnSync } from 'node:child_process';
import { UserError } from '../lib/errors.ts';

/** What a kustomization makes of its files; undefined where this machine has no kubectl. */
export type Kustomize = (folder: string) => string | undefined;

/** A folder of manifests is rendered in a second. */
const mostMs = 30_000;
const mostBytes = 20_000_000;
const nowhere = 'http://127.0.0.1:1';

/**
 * Renders with a `kubectl`. It finds no git and no host, so that nothing is fetched that a
 * kustomization names; plugins and charts it leaves alone by itself.
 *
 * @throws UserError with its own words where it refuses
 */
export const kustomizeWith =
  (program: string) =>
  (folder: string): string => {
    const { status, stdout, stderr, error } = spawnSync(program, ['kustomize', folder], {
      env: { PATH: '', HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere },
      encoding: 'utf8',
      timeout: mostMs,
      maxBuffer: mostBytes,
    });
    if (status === 0) return stdout;
    // Behind the time and the place in its own source.
    const said = (error?.message ?? stderr).replace(/^E\d{4} [\s\S]*? err="|"?\s*$/g, '');
    throw new UserError(`${folder}: kubectl kustomize refuses it: ${said.replaceAll(/\s+/g, ' ')}`);
  };

/** The machine's own. */
export const kustomize: Kustomize = (folder) => {
  const found = spawnSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' });
  const program = found.stdout.trim();
  return program === '' ? undefined : kustomizeWith(program)(folder);
};
