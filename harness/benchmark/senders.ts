import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeBlocks } from '../drive/blocks.ts';
import { understand } from '../prepare.ts';
import { loadArguments, loadEnvironment } from '../stack/embedded/load.ts';
import { type Measured, measure } from './measure.ts';
import { startSink } from './sink.ts';
import { sourceOf } from './source.ts';

/** What a sender's spans cost it. */
export interface SenderFigures {
  /** Spans that it says, or that we know, it made. */
  readonly sent: number;
  /** Spans that the collector behind it accepted. */
  readonly delivered: number;
  readonly cpuMs: number;
  readonly spansPerRequest: number;
}

export const microsecondsPerSpan = ({ cpuMs, delivered }: SenderFigures): number =>
  (cpuMs * 1_000) / Math.max(1, delivered);

type Environment = Readonly<Record<string, string | undefined>>;

const loadSeconds = 10;
const scenarioText = `
name: senders
about: Full blocks, as fast as a laptop's collector takes them.
pipeline: two-tier
load:
  - traces: checkout
    rate: 40000/s
    services: [frontend]
    shape: { spans: 5, depth: 3 }
    classes: { error: 1% }
phases: [{ for: ${loadSeconds}s }]
expect: [{ lost: { spans: 0 } }]
`;
const leadMs = 6_000;

/** k6 sends a plan's blocks to a collector that counts, each outcome recorded. */
export async function measureK6(
  programs: { readonly collector: string; readonly k6: string },
  script: string,
  folder: string,
): Promise<SenderFigures> {
  mkdirSync(folder, { recursive: true });
  const { plan } = understand(sourceOf(scenarioText));
  const { folder: blocksFolder, parts } = writeBlocks(
    plan,
    { startMs: Date.now(), addressOfPod: plan.pods.map((_, i) => `10.244.100.${i + 1}`) },
    join(folder, 'blocks'),
  );
  await using sink = await startSink(programs.collector, folder);
  const startMs = Date.now() + leadMs;
  // By the number of a pod's node; the load sends nothing but traces.
  const urls = plan.pods.map(() => `http://127.0.0.1:${sink.port}/v1/traces`);
  const request = {
    script,
    blocksFolder,
    parts,
    outcomesFile: join(folder, 'outcomes.log'),
    startMs,
    urls,
  };
  const taken = await measure(programs.k6, loadArguments(request), {
    PATH: '/bin:/usr/bin',
    HOME: '/tmp',
    ...loadEnvironment(request),
  });
  succeeded('k6', taken);
  const blocks = plan.blocks.filter(({ signal }) => signal === 'traces').length;
  return {
    sent: plan.spans.count,
    delivered: await sink.accepted(),
    cpuMs: taken.cpuMs,
    spansPerRequest: plan.spans.count / blocks,
  };
}

/** telemetrygen, as fast as it can, to the same collector, as long. */
export async function measureTelemetrygen(
  programs: { readonly collector: string; readonly telemetrygen: string },
  folder: string,
  environment: Environment,
): Promise<SenderFigures> {
  await using sink = await startSink(programs.collector, folder);
  const taken = await measure(
    programs.telemetrygen,
    [
      'traces',
      '--otlp-http',
      '--otlp-insecure',
      ...['--otlp-endpoint', `127.0.0.1:${sink.port}`],
      ...['--rate', '0'],
      ...['--workers', '1'],
      ...['--child-spans', '4'],
      ...['--batch-size', '200'],
      ...['--duration', `${loadSeconds}s`],
    ],
    environment,
  );
  succeeded('telemetrygen', taken);
  return {
    sent: madeBy(taken.output),
    delivered: await sink.accepted(),
    cpuMs: taken.cpuMs,
    spansPerRequest: 200,
  };
}

/** Traces of five spans each, as the last lines of each worker say. */
export function madeBy(output: string): number {
  const said = [...output.matchAll(/"traces":\s*(\d+)/g)].map(([, traces]) => Number(traces));
  return 5 * said.reduce((a, b) => a + b, 0);
}

function succeeded(name: string, { exitCode, output }: Measured): void {
  if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}: ${output.slice(-800)}`);
}
