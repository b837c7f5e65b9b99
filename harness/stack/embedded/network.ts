import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { dnsAddress, podNetwork } from './addresses.ts';

const run = promisify(execFile);

/** Runs `ip` with one argument vector a line, in one process. */
async function ip(commands: readonly string[], namespace?: string): Promise<void> {
  const args = [...(namespace ? ['-n', namespace] : []), '-batch', '-'];
  const child = run('ip', args);
  child.child.stdin?.end(`${commands.join('\n')}\n`);
  await child;
}

/** Makes /run a tmpfs that nobody outside the run's mount namespace sees. */
export async function mountRun(): Promise<void> {
  await run('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
}

/** Makes the bridge that pods hang on, in the run's own network namespace. */
export async function createBridge(addresses: readonly string[]): Promise<void> {
  await ip([
    'link set lo up',
    // With a MAC address of its own: else it takes the lowest of its ports', and every pod made or
    // deleted could change it and leave all others talking to nobody.
    'link add br0 address 02:00:0a:f4:00:01 type bridge',
    `addr add ${podNetwork.bridge}/${podNetwork.prefix} dev br0`,
    'link set br0 up',
    `addr add ${dnsAddress}/32 dev br0`,
    ...addresses.map((address) => `addr add ${address}/32 dev br0`),
  ]);
}

/** Gives the run's own side one more address: a tap's, a Service's. */
export const addAddress = (address: string): Promise<void> =>
  ip([`addr add ${address}/32 dev br0`]);

let interfaces = 0;

/**
 * A network namespace for one pod, with its address on the bridge. Outlives the pod's containers.
 */
export async function createPodNetwork(name: string, address: string): Promise<void> {
  const outside = `veth${interfaces++}`;
  await ip([
    `netns add ${name}`,
    `link add ${outside} type veth peer name eth0 netns ${name}`,
    `link set ${outside} master br0`,
    `link set ${outside} up`,
  ]);
  await ip(
    [
      'link set lo up',
      `addr add ${address}/${podNetwork.prefix} dev eth0`,
      'link set eth0 up',
      `route add default via ${podNetwork.bridge}`,
    ],
    name,
  );
}

export const deletePodNetwork = (name: string): Promise<void> => ip([`netns del ${name}`]);
