import { homedir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, CommanderError, Option } from 'commander';
import { addSizeCommand } from './commands/add-size.ts';
import { collect, whole } from './commands/arguments.ts';
import { type BenchmarkPart, benchmarkParts } from './commands/benchmark-parts.ts';
import type { ClusterAction } from './commands/cluster.ts';
import { exitCodes } from './commands/done.ts';
import { githubCommand } from './commands/github.ts';
import { historyCommand } from './commands/history.ts';
import type { Host } from './commands/host.ts';
import { pipelineOptionsOf, withPipelineOptions } from './commands/pipeline-options.ts';
import { type SelftestOptions, selftestCommand, victimNames } from './commands/selftest.ts';
import { addCommandsWithoutARun } from './commands/without-a-run.ts';
import { UserError } from './lib/errors.ts';
import { type RuntimeName, runtimeNames } from './runtimes.ts';
import { Interrupted } from './shell/budget.ts';
import { notWritable } from './shell/folder.ts';
import { written } from './shell/written.ts';

/** The command line: the only file that reads environment and arguments, prints usage and exits. */
const interrupt = new AbortController();
let interrupts = 0;
/** Commands that start what must be ended; the others stop at once. */
const endsByItself = ['scenario', 'size', 'selftest', 'benchmark', 'cluster'].includes(
  process.argv[2] ?? '',
);
function askToEnd(): void {
  if (!endsByItself) process.exit(exitCodes.interrupted);
  interrupt.abort();
}
process.on('SIGINT', () => {
  interrupts++;
  if (interrupts === 1 && endsByItself)
    process.stderr.write('\nInterrupted: healing, saving and ending everything ...\n');
  askToEnd();
  if (interrupts > 2) process.exit(exitCodes.interrupted);
});
// Node's own exit code for these is 1, which would be read as a verdict.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => process.exit(exitCodeOf(error)));
}
process.on('SIGTERM', askToEnd);
process.on('SIGHUP', askToEnd);
// The channel closes when whoever started this process is gone, `kill -9` included.
process.on('disconnect', askToEnd);
// Nobody reads any more: a closed terminal, a pipe into `head`.
for (const stream of [process.stdout, process.stderr]) stream.on('error', askToEnd);

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
  reportsFolder: env.BENCH_REPORTS || join(import.meta.dirname, '..', 'reports'),
  interactive: process.stdout.isTTY === true && !env.CI,
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  signal: interrupt.signal,
  command: [process.execPath, join(import.meta.dirname, 'enter.js')],
  tell: process.send
    ? (done) => new Promise((resolve) => process.send?.(done, () => resolve()))
    : undefined,
};

// Each command loads its own code: who only predicts need not wait for what runs a cluster.
const program = new Command('bench')
  .description('A local simulation and chaos test bench for OpenTelemetry pipelines on Kubernetes')
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(text) });

withPipelineOptions(program.command('scenario'))
  .description('run scenarios: by name, by path, by tag; without a name: gateway-kill')
  .argument('[scenarios...]', 'names (npm run bench -- list), their folders, paths, or: all')
  .option('-t, --tag <tag>', 'run every scenario with this tag', collect, [])
  .option('--without <tag>', 'of those with the tags none that has this one too', collect, [])
  .option('--draw <n>', 'of those with the tags only so many, by the seed', whole(1))
  .option('-j, --jobs <n>', 'run so many side by side', whole(1), 1)
  .addOption(
    new Option('--runtime <runtime>', 'where to run')
      .choices([...runtimeNames])
      .default('embedded'),
  )
  .option('--collector <version>', 'run another collector than the pinned one, such as 0.151.0')
  .option('--seed <n>', 'the same seed plans the same run', whole(0))
  .option('--repeat <n>', 'run each scenario so many times, a fresh seed each', whole(1), 1)
  .option('--confirm', 'run once more what did not pass: fail, then pass, is flaky', false)
  .option('--keep', 'hold the pipeline up afterwards until Ctrl-C', false)
  .action(async (names: string[], options: Record<string, never>) => {
    const { scenarioCommand } = await import('./commands/scenario.ts');
    process.exitCode = await scenarioCommand(
      {
        names,
        tags: options.tag ?? [],
        runtime: options.runtime ?? 'embedded',
        collector: options.collector,
        seed: options.seed,
        ...pipelineOptionsOf(options),
        repeat: options.repeat ?? 1,
        without: options.without ?? [],
        draw: options.draw,
        jobs: options.jobs ?? 1,
        confirm: options.confirm ?? false,
        keep: options.keep ?? false,
      },
      host,
    );
  });

addCommandsWithoutARun(program, host);
addSizeCommand(program, host);

program
  .command('doctor')
  .description('what this machine can run, what is missing, the commands that fix it')
  .addHelpText('after', '\nExit code: 0 where the embedded runtime can run, else 1.')
  .action(async () => {
    const { doctorCommand } = await import('./commands/doctor.ts');
    process.exitCode = await doctorCommand(host);
  });

program
  .command('clean')
  .description('remove what ended runs left behind; nothing of a run that goes on')
  .option('--reports', 'recorded runs as well', false)
  .option('--older-than <days>', 'with --reports: only those', whole(0), 0)
  .option('--cache', 'the programs that were downloaded or built as well', false)
  .action(async (options: { reports: boolean; olderThan: number; cache: boolean }) => {
    const { cleanCommand } = await import('./commands/clean.ts');
    await cleanCommand({ ...options, olderThanDays: options.olderThan }, host);
  });

program
  .command('judge')
  .description('judge a recorded run again and write its reports anew')
  .argument('<run>', "its folder, a scenario's name, or latest")
  .option('--unsealed', 'judge an edited run on purpose; its report says so', false)
  .action(async (run: string, options: { unsealed: boolean }) => {
    const { judgeCommand } = await import('./commands/judge.ts');
    process.exitCode = await judgeCommand(run, options, host);
  });

program
  .command('explain')
  .description('what became of one trace and why: each span hop by hop, each decision in numbers')
  .argument('<run>', "its folder, a scenario's name, or latest")
  .argument('<trace>', 'a trace id')
  .action(async (run: string, trace: string) => {
    const { explainCommand } = await import('./commands/explain.ts');
    await explainCommand(run, trace, host);
  });

program
  .command('compare')
  .description('whether two runs of one plan delivered the same and came to the same checks')
  .argument('<left>', "a run: its folder, a scenario's name, or latest")
  .argument('<right>', 'another')
  .addHelpText('after', '\nExit code: 0 where they did, 1 where not, 2 unknown.')
  .action(async (left: string, right: string) => {
    const { compareCommand } = await import('./commands/compare.ts');
    process.exitCode = await compareCommand({ left, right }, host);
  });

program
  .command('history')
  .description('how scenarios came out over time, and the first bad run')
  .argument('[scenario]', 'only this one, with each of its runs')
  .action((scenario: string | undefined) => historyCommand(scenario, host));

program
  .command('github')
  .description('in a step of GitHub Actions: annotations, summary and outputs of what ran last')
  .requiredOption('--code <n>', 'with what running it ended', whole(0))
  .action(({ code }: { code: number }) =>
    githubCommand(
      code,
      { summaryFile: env.GITHUB_STEP_SUMMARY, outputFile: env.GITHUB_OUTPUT },
      host,
    ),
  );

program
  .command('card')
  .description('write the table of the design card anew, with what these runs came to')
  .argument('[runs...]', 'runs of scenarios that are for a cell')
  .action(async (runs: string[]) => {
    const { cardCommand } = await import('./commands/card.ts');
    cardCommand(runs, host);
  });

/** Kills, or what is done in their stead. */
type SelftestRequest = Pick<SelftestOptions, 'kills' | 'seed' | 'only'> & {
  edits?: number;
  damaged?: number;
  control?: RuntimeName;
};

program
  .command('selftest')
  .description('kill the bench itself at seeded moments, or hand it damaged files')
  .option('--kills <n>', 'of each of its processes', whole(1), 2)
  .option('--seed <n>', 'which moments', whole(0), 1)
  .addOption(new Option('--only <process...>', 'only these').choices(victimNames))
  .option('--edits <n>', 'instead: edit recorded runs so often, each must be noticed', whole(1))
  .option(
    '--damaged <n>',
    'instead: damage so many files, each must be planned or refused',
    whole(1),
  )
  .addOption(
    new Option('--control <runtime>', 'instead: do what faults do').choices([...runtimeNames]),
  )
  .action(async (options: SelftestRequest) => {
    const { edits, damaged, control, seed } = options;
    const { signal, write } = host;
    if (edits !== undefined) {
      const { selftestEditsCommand } = await import('./commands/selftest-edits.ts');
      process.exitCode = await selftestEditsCommand({ edits, seed, signal }, write);
    } else if (damaged !== undefined) {
      const { selftestDamagedCommand } = await import('./commands/selftest-damaged.ts');
      process.exitCode = await selftestDamagedCommand({ files: damaged, seed, signal }, write);
    } else if (control !== undefined) {
      const { selftestControlCommand } = await import('./commands/selftest-control.ts');
      process.exitCode = await selftestControlCommand(control, host);
    } else {
      process.exitCode = await selftestCommand({ ...options, environment: env, signal }, write);
    }
  });

program
  .command('cluster')
  .description('a kind cluster that outlives runs: they start in it in seconds')
  .addArgument(new Argument('<action>').choices(['up', 'status', 'down']))
  .action(async (action: ClusterAction) => {
    const { clusterCommand } = await import('./commands/cluster.ts');
    await clusterCommand(action, host);
  });

program
  .command('benchmark')
  .description('measure what has to be fast on this machine: the figures of the README')
  .addOption(
    new Option('--only <part...>', 'only these')
      .choices([...benchmarkParts])
      .default(benchmarkParts),
  )
  .option('--spans <n>', 'size of the run that the ledger is measured on', whole(1), 1_000_000)
  .addHelpText('after', '\nExit code: 1 where a figure is out of its bound.')
  .action(async (options: { only: readonly BenchmarkPart[]; spans: number }) => {
    const bootstrap = join(import.meta.dirname, 'bootstrap.js');
    const { benchmarkCommand } = await import('./commands/benchmark.ts');
    process.exitCode = await benchmarkCommand(
      {
        parts: options.only,
        spans: options.spans,
        benchCommand: [process.execPath, bootstrap],
      },
      host,
    );
  });

/** A user's mistake shows no stack; a bug of ours always does. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.badInput;
  const mistake = error instanceof UserError ? error : notWritable(error);
  if (mistake) {
    process.stderr.write(`${mistake.message}\n`);
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
await written(process.stdout, process.stderr);
process.exit(process.exitCode ?? 0);
