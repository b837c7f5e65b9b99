import { Argument, type Command } from 'commander';
import { type SchemaName, schemaNames } from '../schemas.ts';
import { collect, whole } from './arguments.ts';
import { exportCommand } from './export.ts';
import type { Host } from './host.ts';
import { type ListOptions, listCommand } from './list.ts';
import { type ManifestOptions, withManifestOptions } from './pipeline-options.ts';
import { type PredictOptions, predictCommand } from './predict.ts';
import { predictTracesCommand } from './predict-traces.ts';
import { schemaCommand } from './schema.ts';
import { showAllCommand, showCommand } from './show.ts';

interface ShowOptions extends ManifestOptions {
  readonly all: boolean;
  readonly svg?: string;
}

/** Adds the commands that start nothing: they look at a pipeline, or tell of the bench itself. */
export function addCommandsWithoutARun(program: Command, host: Host): void {
  program
    .command('list')
    .description('the scenarios that come with the bench')
    .option('-t, --tag <tag>', 'only those with this tag')
    .option('--markdown', 'as scenarios/README.md is written', false)
    .action((options: ListOptions) => listCommand(options, host));

  withManifestOptions(program.command('show'))
    .description('a pipeline as the bench understood it: tiers, components, where each leads')
    .argument('<folder>', 'your manifests; - reads them from the standard input')
    .option('--svg <file>', 'draws it as well: tiers, processors, backends, ways')
    .option('--all', 'of each folder in it: accepted or refused, and why', false)
    .addHelpText('after', '\nExit code: 254 where it is refused; with --all 1 where one is.')
    .action((folder: string, { all, svg, ...options }: ShowOptions) => {
      if (all) process.exitCode = showAllCommand(folder, options, host);
      else showCommand(folder, options, host, svg);
    });

  program
    .command('export')
    .description('the objects of a live cluster that make up its pipelines, as manifests')
    .argument('<context>', 'of your kubeconfig')
    .argument('<folder>', 'where they go; it must not be there yet')
    .requiredOption('-n, --namespace <name>', 'whose objects; may be given again', collect, [])
    .addHelpText('after', '\nSecrets stay in the cluster: a run takes placeholders, or --values.')
    .action((context: string, folder: string, { namespace }: { namespace: string[] }) =>
      exportCommand(context, folder, namespace, host),
    );

  withManifestOptions(program.command('predict'))
    .description('without a run: which traces of a scenario a pipeline keeps, and by which policy')
    .argument('<folder>', 'your manifests, or a pipeline of the bench')
    .option('--scenario <name>', 'whose load, and whose `kept` of all or none', 'steady')
    .option('--traces <file>', 'instead of a scenario’s: OTLP/JSON, or a list with what to expect')
    .option('--against <folder>', 'only what another pipeline does otherwise')
    .option('--seed <n>', 'the same seed plans the same traces', whole(0), 1)
    .addHelpText(
      'after',
      '\nAs if each trace met its sampler whole and in time: what faults, late spans and full\nqueues do, a run shows. Exit code: 1 where what is expected does not hold, 2 where that is not known.',
    )
    .action((folder: string, options: PredictOptions & { readonly traces?: string }) => {
      const { traces } = options;
      process.exitCode =
        traces === undefined
          ? predictCommand(folder, options, host)
          : predictTracesCommand(folder, traces, options, host);
    });

  program
    .command('schema')
    .description('print the JSON schema of scenario files, of bench files, or of verdict.json')
    .addArgument(new Argument('<of>').choices(schemaNames))
    .action((of: SchemaName) => schemaCommand(of, host));
}
