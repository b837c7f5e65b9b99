import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, UserError } from '../../lib/errors.ts';
import { linesOf, type RunCommand } from './commands.ts';
import {
  clusterLabel,
  hostLabel,
  momentLabel,
  processLabel,
  type RunNames,
  type RunOwner,
  runLabel,
} from './names.ts';

/** Makes sure that a Docker engine answers. @throws UserError that says how to get one */
export async function checkDocker(run: RunCommand, signal: AbortSignal): Promise<DockerFacts> {
  try {
    const said = await run('docker', ['info', '--format', '{{json .SecurityOptions}}'], { signal });
    return { rootless: said.includes('rootless') };
  } catch (error) {
    signal.throwIfAborted();
    throw new UserError(
      `The kind runtime needs Docker, which does not answer: ${messageOf(error)}\n` +
        'Hint: start Docker, or run without --runtime kind',
    );
  }
}

export interface DockerFacts {
  /** Root inside a container is the user outside. */
  readonly rootless: boolean;
}

export interface ClusterRequest {
  readonly names: RunNames;
  /** Of the network, beside the run's own. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly kindBinary: string;
  readonly configFile: string;
  readonly nodeImage: string;
  readonly kubeconfigFile: string;
  /** Told when the nodes take images, long before the cluster is up. */
  readonly onNodesRun: () => void;
}

/**
 * Makes the run's network and its cluster. The network is the run's own: kind's would stay behind.
 */
export async function createCluster(
  run: RunCommand,
  request: ClusterRequest,
  onEvent: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { names } = request;
  const labels = Object.entries({ ...names.labels, ...request.labels }).flatMap(([key, value]) => [
    '--label',
    `${key}=${value}`,
  ]);
  await run('docker', ['network', 'create', ...labels, names.network], { signal });
  await run(
    request.kindBinary,
    [
      'create',
      'cluster',
      ...['--name', names.cluster],
      ...['--config', request.configFile],
      ...['--image', request.nodeImage],
      ...['--kubeconfig', request.kubeconfigFile],
    ],
    {
      signal,
      environment: { KIND_EXPERIMENTAL_DOCKER_NETWORK: names.network },
      onLine: (line) => {
        const step = /• ([\w -]+)/.exec(line)?.[1];
        if (!step) return;
        onEvent(`cluster: ${step.trim()}`);
        // kubeadm begins when containerd answers on every node.
        if (step.startsWith('Starting control-plane')) request.onNodesRun();
      },
    },
  );
}

const removalAttempts = 20;
const removalPauseMs = 500;

/**
 * Removes every container with its volumes, and the network, of one run. Goes on until nothing is
 * left at two looks: Docker finishes what it was asked for by a program that was killed meanwhile.
 */
export async function removeRun(run: RunCommand, cluster: string): Promise<void> {
  let last: unknown;
  let emptyLooks = 0;
  for (let attempt = 0; attempt < removalAttempts; attempt++) {
    try {
      const own = await Promise.all([
        containersOf(run, clusterLabel, cluster),
        containersOf(run, runLabel, cluster),
      ]);
      const found = [...new Set(own.flat())];
      if (found.length > 0) await run('docker', ['rm', '--force', '--volumes', ...found]);
      const networks = await networksOf(run, `label=${runLabel}=${cluster}`);
      if (networks.length > 0) await run('docker', ['network', 'rm', ...networks]);
      emptyLooks = found.length + networks.length === 0 ? emptyLooks + 1 : 0;
      if (emptyLooks === 2) return;
      if (emptyLooks === 1) await sleep(removalPauseMs);
    } catch (error) {
      last = error;
      await sleep(removalPauseMs);
    }
  }
  throw new Error(`could not remove all of ${cluster}: ${messageOf(last)}`);
}

/** Addresses that a Docker network gives out, as CIDR; those of IPv4. */
export const rangesOf = async (run: RunCommand, network: string): Promise<string[]> => {
  const format = '{{range .IPAM.Config}}{{println .Subnet}}{{end}}';
  const said = await run('docker', ['network', 'inspect', '--format', format, network]);
  return linesOf(said).filter((range) => !range.includes(':'));
};

const containersOf = async (run: RunCommand, label: string, value: string): Promise<string[]> =>
  linesOf(await run('docker', ['ps', '-aq', '--no-trunc', '--filter', `label=${label}=${value}`]));

const networksOf = async (run: RunCommand, filter: string): Promise<string[]> =>
  linesOf(await run('docker', ['network', 'ls', '-q', '--no-trunc', '--filter', filter]));

/** A run's name and who made it. */
export interface FoundRun extends RunOwner {
  readonly cluster: string;
}

/**
 * Runs of which something is there. The network is the first that a run with a cluster of its own
 * makes and the last that goes; one that borrows a cluster has containers beside it.
 */
export async function findRuns(run: RunCommand): Promise<FoundRun[]> {
  const columns = [runLabel, processLabel, hostLabel, momentLabel].map(
    (label) => `{{.Label "${label}"}}`,
  );
  const format = columns.join(' ');
  const shown = ['--filter', `label=${runLabel}`, '--format', format];
  const found = await Promise.all([
    run('docker', ['network', 'ls', ...shown]),
    run('docker', ['ps', '--all', ...shown]),
  ]);
  return [...new Set(found.flatMap(linesOf))].map((line) => {
    const [cluster = '', processId = '', host = '', sinceMs = ''] = line.split(' ');
    return { cluster, processId: Number(processId), host, sinceMs: Number(sinceMs) };
  });
}
