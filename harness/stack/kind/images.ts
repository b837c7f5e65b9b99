import { messageOf, UserError } from '../../lib/errors.ts';
import { mapPool } from '../../lib/pool.ts';
import { linesOf, type RunCommand } from './commands.ts';

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

/** On an image in a node: what Docker called its content. */
const contentLabel = 'otel-pipeline-bench.content';
const ctr = ['ctr', '--namespace', 'k8s.io', 'images'];

/**
 * Copies those images that some of the nodes lack, told by content: a tag may mean another image by
 * now. For nodes that stay: each image is marked there with what it is.
 */
export async function loadLackingImages(
  run: RunCommand,
  request: ImageLoad,
  signal: AbortSignal,
): Promise<void> {
  const images = [...new Set(request.images)];
  if (images.length === 0) return;
  const inspect = ['image', 'inspect', '--format', '{{.Id}}', ...images];
  const ids = linesOf(await run('docker', inspect, { signal }));
  const held = await Promise.all(
    request.nodes.map(async (node) => linesOf(await run('docker', ['exec', node, ...ctr, 'ls']))),
  );
  const lacking = images.flatMap((image, i) => {
    const mark = `${contentLabel}=${ids[i]}`;
    const has = (line: string): boolean =>
      line.startsWith(`${nameIn(image)} `) && line.includes(mark);
    return held.every((lines) => lines.some(has)) ? [] : { image, mark };
  });
  if (lacking.length === 0) return;
  await loadImages(run, { ...request, images: lacking.map(({ image }) => image) }, signal);
  await Promise.all(
    request.nodes.map(async (node) => {
      for (const { image, mark } of lacking) {
        // One that a node does not know by this name is copied again the next time.
        await run('docker', ['exec', node, ...ctr, 'label', nameIn(image), mark]).catch(() => '');
      }
    }),
  );
}

/** What containerd calls an image (reference names without a host are of Docker's own registry). */
function nameIn(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
}
