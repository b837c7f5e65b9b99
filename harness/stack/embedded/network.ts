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

/** A place that packets to one MAC address go to, and nowhere from there. */
export interface Hole {
  /** From now on a pod's packets to an address go there. */
  swallow(podNetwork: string, address: string): Promise<void>;
  release(podNetwork: string, address: string): Promise<void>;
  /** How many packets came. */
  packets(): Promise<number>;
}

let holes = 0;

/**
 * The pod takes a MAC address of nobody for the one behind an address; the bridge knows it at a
 * port that leads into an empty network, which counts what comes.
 */
export async function createHole(): Promise<Hole> {
  const name = `hole${holes++}`;
  const mac = `02:00:0a:f4:ff:${holes.toString(16).padStart(2, '0')}`;
  const floods = ['flood', 'mcast_flood', 'bcast_flood'].map((kind) => `${kind} off`).join(' ');
  await ip([
    `netns add ${name}`,
    `link add ${name} type veth peer name eth0 netns ${name}`,
    `link set ${name} master br0`,
    `link set ${name} type bridge_slave ${floods} learning off`,
    `link set ${name} up`,
  ]);
  await ip(['link set eth0 up'], name);
  await run('bridge', ['fdb', 'replace', mac, 'dev', name, 'master', 'static']);
  return {
    swallow: (pod, address) => ip([`neigh replace ${address} lladdr ${mac} dev eth0`], pod),
    release: (pod, address) => ip([`neigh del ${address} dev eth0`], pod),
    packets: async () => {
      const { stdout } = await run('ip', ['-n', name, '-s', '-j', 'link', 'show', 'eth0']);
      const [link] = JSON.parse(stdout) as { stats64?: { rx?: { packets?: number } } }[];
      return link?.stats64?.rx?.packets ?? 0;
    },
  };
}

export const deletePodNetwork = (name: string): Promise<void> => ip([`netns del ${name}`]);
