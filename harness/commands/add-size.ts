import { type Command, InvalidArgumentError } from 'commander';
import { parseDurationMs } from '../lib/units.ts';
import { collect, whole } from './arguments.ts';
import type { Host } from './host.ts';

/** `50000spans/s`. @throws InvalidArgumentError for anything else */
export function spansPerSecond(text: string): number {
  const number = /^(\d+(?:\.\d+)?)spans\/s$/.exec(text)?.[1];
  if (number === undefined || Number(number) <= 0)
    throw new InvalidArgumentError('Expected a rate such as 50000spans/s.');
  return Number(number);
}

/** `30%`. @throws InvalidArgumentError for anything else */
export function shareOfPercent(text: string): number {
  const number = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (number === undefined) throw new InvalidArgumentError('Expected a share such as 30%.');
  return Number(number) / 100;
}

function duration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined) throw new InvalidArgumentError('Expected a duration such as 15m.');
  return ms;
}

interface Written {
  readonly for: number;
  readonly outage?: number;
  readonly headroom: number;
  readonly scenario: string;
  readonly pipeline?: string;
  readonly bench?: string;
  readonly set: string[];
  readonly tier?: string;
  readonly from: number;
  readonly window?: number;
  readonly quick: boolean;
  readonly resume: boolean;
  readonly seed: number;
}

/** Adds the command that sizes a tier by measuring it. */
export function addSizeCommand(program: Command, host: Host): void {
  program
    .command('size')
    .description('measure a tier and size it for a rate: replicas, limits, num_traces, queue')
    .argument('[latest]', 'asks the last measurement again, and runs nothing')
    .requiredOption('--for <rate>', 'what it is to carry, such as 50000spans/s', spansPerSecond)
    .option(
      '--outage <duration>',
      'of a backend that it is to survive: the queue is put to the test',
      duration,
    )
    .option('--headroom <share>', 'spare on top', shareOfPercent, 0.3)
    .option('--scenario <name>', 'whose load it is', 'steady')
    .option('--pipeline <folder>', 'your manifests; the scenario’s own where it is left out')
    .option('--bench <file>', 'what they are to the bench, instead of <folder>.bench.yaml')
    .option('--set <resource:path=value>', 'edit the pipeline', collect, [])
    .option('--tier <name>', 'which; the one that samples where it is left out')
    .option('--from <rate>', 'at which it begins to look for the knee', spansPerSecond, 1_000)
    .option(
      '--window <seconds>',
      'length of one step, decision_wait within it (default: 30, 25 of a quick one)',
      whole(4),
    )
    .option('--quick', 'seven steps instead of ten, and wider errors are taken', false)
    .option('--resume', 'take up what the same options have measured', false)
    .option('--seed <n>', 'the same seed plans the same', whole(0), 1)
    .addHelpText('after', '\nExit code: 2 where it is not proved; then there is no patch.')
    .action(async (latest: string | undefined, written: Written) => {
      const { sizeCommand, sizeLatestCommand } = await import('./size.ts');
      const { for: rate, outage: outageMs, headroom } = written;
      const asked = { spansPerSecond: rate, outageMs, headroom };
      if (latest !== undefined) {
        process.exitCode = sizeLatestCommand(asked, host);
        return;
      }
      const { scenario, tier, seed, resume } = written;
      process.exitCode = await sizeCommand(
        {
          ...asked,
          scenario,
          pipelineFolder: written.pipeline,
          benchFile: written.bench,
          edits: written.set,
          tier,
          fromSpansPerSecond: written.from,
          windowSeconds: written.window ?? (written.quick ? 25 : 30),
          quick: written.quick,
          seed,
          resume,
        },
        host,
      );
    });
}
