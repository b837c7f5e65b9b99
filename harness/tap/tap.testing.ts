import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Http2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { decodeRecord, recordLength, type TapRecord } from './format.ts';
import { listenGrpc } from './grpc.ts';
import { createRecorder, type Recorder } from './recorder.ts';

export const host = '127.0.0.1';

/** A recorder for each test, and an end for what the test opened. */
export interface TapBench {
  readonly recorder: Recorder;
  /** Called when the test is over. */
  readonly closers: (() => void)[];
  portOf(server: Server | Http2Server): Promise<number>;
  /** A tap in front of a port; returns its own. */
  grpcTap(upstreamPort: number): Promise<number>;
  /** Everything recorded; ends the record. */
  records(): Promise<TapRecord[]>;
}

export function tapBench(): TapBench {
  let folder = '';
  let recorder: Recorder;
  const closers: (() => void)[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tap-'));
    const identity = { run: 'r', name: 'x', hop: { tier: 'gateway' } };
    recorder = createRecorder(join(folder, 'x.tap'), identity, (error) => {
      throw error;
    });
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) close();
    // Its file is opened by and by: on a busy machine only when the folder would be gone.
    await recorder.close();
    rmSync(folder, { recursive: true });
  });
  const portOf = async (server: Server | Http2Server): Promise<number> => {
    if (!server.listening) {
      await new Promise<void>((resolve) => server.listen(0, host, () => resolve()));
    }
    closers.push(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  return {
    get recorder() {
      return recorder;
    },
    closers,
    portOf,
    grpcTap: async (upstreamPort) =>
      portOf(await listenGrpc({ host, port: 0 }, { host, port: upstreamPort }, recorder)),
    records: async () => {
      await recorder.close();
      const bytes = readFileSync(join(folder, 'x.tap'));
      const all: TapRecord[] = [];
      for (let at = 0; at < bytes.length; at += recordLength(bytes, at) ?? Infinity) {
        all.push(decodeRecord(bytes, at));
      }
      return all;
    },
  };
}

/** One message as a gRPC call carries it. */
export function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
