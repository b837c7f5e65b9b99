import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureWriter } from '../benchmark/blocks.ts';
import {
  type Figure,
  figuresMarkdown,
  ledgerFigures,
  predictFigures,
  routesFigures,
  senderFigures,
  steadyFigures,
  writerFigures,
} from '../benchmark/figures.ts';
import { measureLedger } from '../benchmark/ledger.ts';
import { measure } from '../benchmark/measure.ts';
import { measureK6, measureTelemetrygen } from '../benchmark/senders.ts';
import { measureSteady } from '../benchmark/steady.ts';
import { pipelinesFolder } from '../prepare.ts';
import { loadScript } from '../run.ts';
import { scenariosFolder } from '../scenarios.ts';
import { acquireBinaries } from '../stack/acquire/index.ts';
import type { BenchmarkPart } from './benchmark-parts.ts';
import type { Host } from './host.ts';

export interface BenchmarkOptions {
  readonly parts: readonly BenchmarkPart[];
  /** Size of the ledger's run. */
  readonly spans: number;
  /** What starts this bench in a process of its own. */
  readonly benchCommand: readonly string[];
}

/** Of the runs on which ways are compared. */
const routesSpans = 200_000;

/**
 * `npm run benchmark`: measures what has to be fast, on this machine, and prints the README's
 * table. Returns 1 where a figure is out of its bound: a slower machine is no mistake, so CI does
 * not run it.
 */
export async function benchmarkCommand(options: BenchmarkOptions, host: Host): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'otel-pipeline-bench-'));
  const figures: Figure[] = [];
  try {
    for (const part of options.parts) {
      host.write(`measuring: ${part} ...\n`);
      const found = await measuring[part](options, host, join(folder, part));
      for (const { what, measured, bound, isWithin } of found) {
        host.write(`  ${isWithin ? '✔' : '✖'} ${what}: ${measured}${bound && ` (${bound})`}\n`);
      }
      figures.push(...found);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  host.write(`\n${machine()}\n\n${figuresMarkdown(figures)}\n`);
  return figures.every(({ isWithin }) => isWithin) ? 0 : 1;
}

type Measuring = (options: BenchmarkOptions, host: Host, folder: string) => Promise<Figure[]>;

const measuring: Readonly<Record<BenchmarkPart, Measuring>> = {
  steady: async ({ benchCommand }, host) =>
    steadyFigures(
      await measureSteady(
        [...benchCommand, 'scenario'],
        host.reportsFolder,
        host.acquire.environment,
      ),
    ),
  writer: async (_options, _host, folder) =>
    writerFigures(measureWriter(join(scenariosFolder, 'gateway-kill.yaml'), folder)),
  senders: async (_options, host, folder) => {
    const names = ['otelcol-contrib', 'k6', 'telemetrygen'] as const;
    const acquired = await acquireBinaries(
      names,
      host.acquire,
      ({ source, text }) => {
        if (source !== 'mirror' && source !== 'cache') host.write(`  ${text}\n`);
      },
      host.signal,
    );
    const path = (name: string): string => acquired.find((b) => b.name === name)?.path ?? '';
    const collector = path('otelcol-contrib');
    const k6 = await measureK6({ collector, k6: path('k6') }, loadScript, folder);
    const programs = { collector, telemetrygen: path('telemetrygen') };
    const { environment } = host.acquire;
    return senderFigures(k6, await measureTelemetrygen(programs, folder, environment));
  },
  ledger: async ({ spans }, _host, folder) => ledgerFigures(await measureLedger(spans, 1, folder)),
  routes: async (_options, _host, folder) =>
    routesFigures(
      await measureLedger(routesSpans, 1, `${folder}-1`),
      await measureLedger(routesSpans, 4, `${folder}-4`),
    ),
  predict: async ({ benchCommand: [node = '', ...args] }, host) => {
    const pipeline = join(pipelinesFolder, 'two-tier');
    const predicting = [...args, 'predict', pipeline, '--scenario', 'steady'];
    const run = () => measure(node, predicting, host.acquire.environment);
    // The first of a version compiles it.
    await run();
    return predictFigures(await run());
  },
};

function machine(): string {
  const gibibytes = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} cores (${cpus()[0]?.model}), ${gibibytes} GiB, ${release()}`;
}
