import { join } from 'node:path';
import { logFilesOf } from '../../pipeline/entry.ts';
import { volumesFolderOf } from './leftovers.ts';
import { startListener } from './listener.ts';
import type { LogWriterSpec } from './log-writer.ts';
import type { EntryPoints, InnerSpec } from './protocol.ts';
import type { Recorders } from './recorders.ts';

const script = join(import.meta.dirname, 'log-writer.ts');
const firstPort = 4_000;

/** The folder that stands for a node's `/`, as its pods see it by their `hostPath` volumes. */
export const nodeFolder = (runFolder: string, node: number): string =>
  join(volumesFolderOf(runFolder), 'nodes', String(node));

/**
 * Starts what writes the log files of the nodes' containers, with a recorder in front of each
 * node's, where log records enter by files. What it is sent stands in the files once it answers.
 *
 * @returns where each node's log records go; undefined where they enter by OTLP
 */
export async function startLogWriters(
  { runFolder, pipeline, plannedPods, workerNodes, nodeBinary, rotateLogsBytes }: InnerSpec,
  recorders: Pick<Recorders, 'inFrontOfFiles'>,
): Promise<EntryPoints | undefined> {
  const { files, tier } = logFilesOf(pipeline, 'logs') ?? {};
  if (!files || !tier) return undefined;
  const nodes = workerNodes.map((_, node) => ({
    port: firstPort + node,
    folder: nodeFolder(runFolder, node),
  }));
  const pods = plannedPods.map(({ uid, namespace, name, node }) => ({
    uid,
    namespace,
    name,
    node,
  }));
  const spec: LogWriterSpec = { nodes, pods, rotateBytes: rotateLogsBytes };
  const name = 'the writer of log files';
  await startListener([nodeBinary, script], { name, ports: nodes.length, spec });
  const points = await Promise.all(
    nodes.map(({ port }, node) => recorders.inFrontOfFiles(tier.name, node, port)),
  );
  return { by: 'node', protocol: 'http', tls: false, points };
}
