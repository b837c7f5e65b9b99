import { messageOf, UserError } from '../../lib/errors.ts';
import { mapPool } from '../../lib/pool.ts';
import type { RunCommand } from './commands.ts';

const pullsAtOnce = 2;

/**
 * Makes sure that local Docker holds these images; pulls those that it does not.
 * @throws UserError
 */
export async function ensureImages(
  run: RunCommand,
  images: readonly string[],
  onEvent: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await mapPool([...new Set(images)], pullsAtOnce, async (image) => {
    if (await isLocal(run, image, signal)) return;
    onEvent(`pulling ${image}`);
    try {
      await run('docker', ['pull', '--quiet', image], { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw new UserError(
        `Cannot get the image ${image}: local Docker does not hold it, and ${messageOf(error)}\n` +
          'Hint: pull or build it where there is a network, then docker save and docker load it here',
      );
    }
  });
}

async function isLocal(run: RunCommand, image: string, signal: AbortSignal): Promise<boolean> {
  try {
    await run('docker', ['image', 'inspect', '--format', '{{.Id}}', image], { signal });
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

export interface ImageLoad {
  readonly kindBinary: string;
  readonly cluster: string;
  readonly images: readonly string[];
  readonly nodes: readonly string[];
  /** For what lies between Docker and the nodes: what a kill leaves of it goes with the run's. */
  readonly scratchFolder: string;
}

/** Copies images from local Docker into nodes of the cluster. */
export async function loadImages(
  run: RunCommand,
  { kindBinary, cluster, images, nodes, scratchFolder }: ImageLoad,
  signal: AbortSignal,
): Promise<void> {
  const unique = [...new Set(images)];
  if (unique.length === 0) return;
  const where = ['--name', cluster, '--nodes', nodes.join(',')];
  const environment = { TMPDIR: scratchFolder };
  await run(kindBinary, ['load', 'docker-image', ...unique, ...where], { signal, environment });
}
