import { createServer, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { zstdDecompressSync } from 'node:zlib';
import { type LogRecord, readLogs } from '../../lib/otlp/logs.ts';
import { containerLogFile } from '../../pipeline/container-logs.ts';
import { nowMs } from '../../tap/recorder.ts';
import { createLogFile, type LogFile } from './log-file.ts';
import { criLines, textOf } from './log-lines.ts';

/** What the writer is told on its first line. */
export interface LogWriterSpec {
  /** Of each node the port at which its records come, and the folder that stands for its `/`. */
  readonly nodes: readonly { readonly port: number; readonly folder: string }[];
  readonly pods: readonly {
    readonly uid: string;
    readonly namespace: string;
    readonly name: string;
    /** Index of its node. */
    readonly node: number;
  }[];
  readonly rotateBytes: number;
}

/**
 * Stands for the container runtimes of all nodes: takes the load's log records and writes each into
 * the log file of the container that it is of. Answers once the lines are on disk, so that what
 * the recorder in front of it holds is what was written, and when. Ends with its input.
 */
function serve({ nodes, pods, rotateBytes }: LogWriterSpec): void {
  for (const [node, { port, folder }] of nodes.entries()) {
    const own = pods.filter((pod) => pod.node === node);
    const files = new Map(
      own.map((pod) => [pod.uid, createLogFile(folder, containerLogFile(pod), rotateBytes)]),
    );
    const server = createServer((request, response) => {
      take(request, files).then(
        () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    server.listen(port, '127.0.0.1', () => process.stdout.write('listening\n'));
  }
}

async function take(request: IncomingMessage, files: ReadonlyMap<string, LogFile>): Promise<void> {
  const body = await buffer(request);
  const isPacked = request.headers['content-encoding'] === 'zstd';
  const records = readLogs(isPacked ? zstdDecompressSync(body) : body);
  const atMs = nowMs();
  const atNanos = BigInt(Math.round(atMs * 1_000)) * 1_000n;
  for (const [uid, own] of Map.groupBy(records, uidOf)) {
    const file = files.get(uid);
    if (!file) throw new Error(`log records of no pod of this node: ${uid}`);
    file.append(Buffer.concat(own.map((record) => criLines(textOf(record), atNanos))), atMs);
  }
}

/** The pod's own, by which the load says whose a record is. */
const uidOf = ({ resource }: LogRecord): string => String(resource['service.instance.id']);

const input = createInterface({ input: process.stdin });
input.once('line', (line) => serve(JSON.parse(line) as LogWriterSpec));
input.once('close', () => process.exit(0));
