import { closeSync, openSync, readSync } from 'node:fs';
import { get } from 'node:http';
import type { ReadyProbe } from './podspec.ts';

const probeTimeoutMs = 1_000;
const tailBytes = 64 * 1024;

/** Whether a pod is ready: health 200 where configured, else the log line. */
export async function isReady(
  probe: ReadyProbe,
  address: string,
  logFile: string,
): Promise<boolean> {
  if ('logLine' in probe) return lastBytes(logFile, tailBytes).includes(probe.logLine);
  return new Promise((resolve) => {
    const request = get(
      { host: address, port: probe.port, path: probe.path, timeout: probeTimeoutMs, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}

/** The end of a file as text; empty where there is none. */
function lastBytes(file: string, bytes: number): string {
  try {
    const handle = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(bytes);
      let text = '';
      let position = 0;
      for (let read = -1; read !== 0; position += read) {
        read = readSync(handle, buffer, 0, bytes, position);
        text = (text + buffer.toString('utf8', 0, read)).slice(-bytes);
      }
      return text;
    } finally {
      closeSync(handle);
    }
  } catch {
    return '';
  }
}

/** The last lines of a log, for a message about a pod that would not start. */
export const lastLines = (file: string, lines: number): string[] =>
  lastBytes(file, tailBytes).trimEnd().split('\n').slice(-lines);
