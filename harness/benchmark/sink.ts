import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { get } from '../shell/http.ts';
import { until } from '../shell/until.ts';

/** A collector that takes spans and counts them: what it accepted was delivered. */
export interface Sink extends AsyncDisposable {
  readonly port: number;
  accepted(): Promise<number>;
}

const host = '127.0.0.1';
const readyWithinMs = 20_000;

/** @throws Error where the collector does not get ready */
export async function startSink(collector: string, folder: string): Promise<Sink> {
  mkdirSync(folder, { recursive: true });
  const [port, metricsPort] = [await freePort(), await freePort()];
  const configFile = join(folder, 'sink.yaml');
  writeFileSync(configFile, stringify(configOf(port, metricsPort)));
  const child = spawn(collector, ['--config', configFile], { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  const metrics = async (): Promise<string | undefined> =>
    (await get({ host, port: metricsPort }, '/metrics').catch(() => undefined))?.body.toString();
  if ((await until(readyWithinMs, 100, metrics)) === undefined) {
    await stop();
    throw new Error(`the collector that counts spans was not ready in ${readyWithinMs / 1_000} s`);
  }
  return {
    port,
    accepted: async () => acceptedIn((await metrics()) ?? ''),
    [Symbol.asyncDispose]: stop,
  };
}

const configOf = (port: number, metricsPort: number) => ({
  receivers: { otlp: { protocols: { http: { endpoint: `${host}:${port}` } } } },
  exporters: { debug: { verbosity: 'basic' } },
  service: {
    telemetry: {
      logs: { level: 'error' },
      metrics: {
        readers: [{ pull: { exporter: { prometheus: { host, port: metricsPort } } } }],
      },
    },
    pipelines: { traces: { receivers: ['otlp'], exporters: ['debug'] } },
  },
});

/** Sum over all series of the receiver's counter. */
export function acceptedIn(metrics: string): number {
  const lines = metrics.matchAll(/^otelcol_receiver_accepted_spans(?:_total)?\{.*\} (\S+)$/gm);
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, () => resolve()));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
