import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { exitCodes, type Host, scenarioCommand } from './commands/scenario.ts';
import { selftestCommand } from './commands/selftest.ts';
import { UserError } from './lib/errors.ts';
import { Interrupted } from './shell/budget.ts';

/** The command line: the only file that reads environment and arguments, prints usage and exits. */
const interrupt = new AbortController();
let interrupts = 0;
process.on('SIGINT', () => {
  interrupts++;
  if (interrupts === 1)
    process.stderr.write('\nInterrupted: healing, saving and ending everything ...\n');
  interrupt.abort();
  if (interrupts > 2) process.exit(exitCodes.interrupted);
});
process.on('SIGTERM', () => interrupt.abort());
process.on('SIGHUP', () => interrupt.abort());

const { env } = process;
const cacheRoot = env.XDG_CACHE_HOME || join(homedir(), '.cache');

const host: Host = {
  acquire: {
    mirrorDir: env.BENCH_MIRROR || undefined,
    cacheDir: join(cacheRoot, 'otel-pipeline-bench'),
    proxy: {
      http: env.HTTP_PROXY || env.http_proxy || undefined,
      https: env.HTTPS_PROXY || env.https_proxy || undefined,
      noProxy: env.NO_PROXY || env.no_proxy || undefined,
    },
    caFile: env.NODE_EXTRA_CA_CERTS || undefined,
    platform: { os: process.platform, arch: process.arch },
    environment: env,
  },
  reportsFolder: join(import.meta.dirname, '..', 'reports'),
  interactive: process.stdout.isTTY === true && !env.CI,
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  signal: interrupt.signal,
};

const whole = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0)
    throw new InvalidArgumentError('expected a whole number');
  return number;
};
const collect = (value: string, all: string[]): string[] => [...all, value];

const program = new Command('bench')
  .description('A local simulation and chaos test bench for OpenTelemetry pipelines on Kubernetes')
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(text) });

program
  .command('scenario')
  .description('run scenarios: by name, by path, by tag; without a name: gateway-kill')
  .argument('[scenarios...]', 'names (npm run bench -- list) or paths')
  .option('-t, --tag <tag>', 'run every scenario with this tag', collect, [])
  .addOption(
    new Option('--runtime <runtime>', 'where to run')
      .choices(['embedded', 'kind'])
      .default('embedded'),
  )
  .option('--pipeline <folder>', 'run on your own manifests')
  .option('--seed <n>', 'the same seed plans the same run', whole)
  .option('--set <resource:path=value>', 'edit the pipeline for this run', collect, [])
  .option('--repeat <n>', 'run each scenario so many times, a fresh seed each', whole, 1)
  .option('--keep', 'hold the pipeline up afterwards until Ctrl-C', false)
  .action(async (names: string[], options: Record<string, never>) => {
    process.exitCode = await scenarioCommand(
      {
        names,
        tags: options.tag ?? [],
        runtime: options.runtime ?? 'embedded',
        pipelineFolder: options.pipeline,
        seed: options.seed,
        edits: options.set ?? [],
        repeat: options.repeat ?? 1,
        keep: options.keep ?? false,
      },
      host,
    );
  });

program
  .command('selftest')
  .description('kill the bench itself at seeded moments and see that nothing stays')
  .option('--kills <n>', 'of each of its processes', whole, 2)
  .option('--seed <n>', 'which moments', whole, 1)
  .action(async (options: { kills: number; seed: number }) => {
    process.exitCode = await selftestCommand({ ...options, environment: env }, host.write);
  });

/** A user's mistake shows no stack; a bug of ours always does. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.badInput;
  if (error instanceof UserError) {
    process.stderr.write(`${error.message}\n`);
    return exitCodes.badInput;
  }
  if (error instanceof Interrupted || interrupt.signal.aborted) return exitCodes.interrupted;
  process.stderr.write(
    `The bench broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return exitCodes.broken;
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
process.exit(process.exitCode ?? 0);
