import type { Command } from 'commander';
import type { Host } from './host.ts';
import { showAllCommand, showCommand } from './show.ts';

/** Adds the commands that look at a pipeline and start nothing. */
export function addCommandsWithoutARun(program: Command, host: Host): void {
  program
    .command('show')
    .description('a pipeline as the bench understood it: tiers, components, where each leads')
    .argument('<folder>', 'your manifests; - reads them from the standard input')
    .option('--all', 'of each folder in it: accepted or refused, and why', false)
    .addHelpText('after', '\nExit code: 254 where it is refused; with --all 1 where one is.')
    .action((folder: string, { all }: { all: boolean }) => {
      if (all) process.exitCode = showAllCommand(folder, host);
      else showCommand(folder, host);
    });
}
