import type { NodePrograms } from './node-exec.ts';

/** What a container sees of its node. */
export interface Mount {
  /** In the container. */
  readonly destination: string;
  /** On the node. */
  readonly source: string;
}

/** By the container's own specification, as containerd keeps it. */
export async function mountsOf(
  programs: Pick<NodePrograms, 'run'>,
  node: string,
  containerId: string,
): Promise<readonly Mount[]> {
  const told = await programs.run(node, [
    ...['ctr', '--namespace', 'k8s.io', 'containers', 'info', containerId],
  ]);
  const { Spec } = JSON.parse(told) as { Spec?: { mounts?: readonly Mount[] } };
  return Spec?.mounts ?? [];
}

/** Where a path of a container is on its node; undefined where it is on no volume. */
export function onNode(path: string, mounts: readonly Mount[]): string | undefined {
  const [deepest] = mounts
    .filter(({ destination }) => path === destination || path.startsWith(`${destination}/`))
    .sort((a, b) => b.destination.length - a.destination.length);
  return deepest && deepest.source + path.slice(deepest.destination.length);
}
