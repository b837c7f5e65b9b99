import { spawnSync } from 'node:child_process';
import { UserError } from '../../lib/errors.ts';

/** How this machine lets a run have namespaces of its own. */
export interface Isolation {
  readonly command: string;
  readonly args: readonly string[];
  readonly how: 'user namespace' | 'root';
}

const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
const asUser = ['--user', '--map-root-user', ...namespaces];

function works(command: string, args: readonly string[]): boolean {
  return spawnSync(command, [...args, 'true'], { stdio: 'ignore', timeout: 5_000 }).status === 0;
}

/**
 * Finds a way: a user namespace (no privilege needed), else root's own. Not sudo: what it made in
 * the run's folder would be root's, and this process could neither read nor remove it.
 *
 * @throws UserError that names what blocks it and the command that lifts it
 */
export function findIsolation(isRoot: boolean): Isolation {
  if (works('unshare', asUser)) return { command: 'unshare', args: asUser, how: 'user namespace' };
  if (isRoot && works('unshare', namespaces)) {
    return { command: 'unshare', args: namespaces, how: 'root' };
  }
  throw new UserError(
    'this machine gives an ordinary process no namespaces, which the embedded runtime needs. ' +
      'Hint: `npm run bench -- doctor` names the setting that blocks it and the command that lifts it',
  );
}
