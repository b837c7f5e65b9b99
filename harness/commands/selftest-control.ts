import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../lib/errors.ts';
import { prepareRun } from '../prepare.ts';
import { type RuntimeName, runtimes } from '../runtimes.ts';
import { acquireBinaries } from '../stack/acquire/index.ts';
import { controlContract } from '../stack/control-contract.ts';
import { stackSpecOf } from '../stack-spec.ts';
import type { Host } from './host.ts';

/** Its gateways have memory limits, and queues on volumes of their own. */
const scenarioFile = join(
  import.meta.dirname,
  ...['..', '..', 'scenarios', 'late-spans-into-queue.yaml'],
);

/**
 * Stands a pipeline up and has its control do what every runtime's must; 0 where it does.
 * @throws what keeps the pipeline from coming up
 */
export async function selftestControlCommand(
  runtime: RuntimeName,
  { acquire, reportsFolder, signal, write }: Host,
): Promise<number> {
  const { ready, start, binaries: names } = runtimes[runtime];
  const say = (text: string): void => write(`  ${text}\n`);
  await ready(acquire, say, signal);
  const got = await acquireBinaries(names, acquire, ({ text }) => say(text), signal);
  const common = { pipelineFolder: undefined, benchFile: undefined, edits: [], reportsFolder };
  const prepared = prepareRun({ ...common, scenarioFile, seed: 1, runtime });
  const spec = stackSpecOf(prepared, new Map(got.map((own) => [own.name, own])));
  const startedMs = performance.now();
  const seconds = (): string => ((performance.now() - startedMs) / 1_000).toFixed(1);
  let failed = 0;
  try {
    await using stack = await start(acquire)(spec, say, signal);
    write(`${runtime} is ready after ${seconds()} s\n`);
    const [sampled] = spec.pipeline.tiers.filter((tier) => tier.tailSampling);
    const pod = stack.lives().find(({ tier }) => tier === sampled?.name)?.pod ?? '';
    for (const { name, check } of controlContract) {
      signal.throwIfAborted();
      try {
        await check(stack, pod);
        write(`ok      ${name}, after ${seconds()} s\n`);
      } catch (error) {
        failed++;
        write(`FAILED  ${name}: ${messageOf(error)}\n`);
      }
    }
  } finally {
    rmSync(prepared.runFolder, { recursive: true, force: true });
  }
  return failed === 0 ? 0 : 1;
}
