import { relative } from 'node:path';
import { findRunFolders, removeAll, removeEmpty } from '../clean/runs.ts';
import { type CleanRules, select } from '../clean/select.ts';
import { messageOf, UserError } from '../lib/errors.ts';
import { formatBytes } from '../lib/units.ts';
import { isAlive, isAliveSince } from '../shell/processes.ts';
import { removeCache } from '../stack/acquire/index.ts';
import { sweepMemoryCgroups } from '../stack/embedded/cgroup.ts';
import { createCommands } from '../stack/kind/commands.ts';
import { ownerNow } from '../stack/kind/settings.ts';
import { sweepKind } from '../stack/kind/sweep.ts';
import type { Host } from './host.ts';

export interface CleanOptions extends CleanRules {
  readonly cache: boolean;
}

/**
 * `bench clean`: removes what ended runs left behind, and says what and how much. Recorded runs go
 * only with `reports`, programs only with `cache`; nothing of a run that goes on is touched.
 * @throws UserError for a cache that a run needs
 */
export async function cleanCommand(options: CleanOptions, host: Host): Promise<void> {
  const { acquire, reportsFolder, write } = host;
  const runs = findRunFolders(reportsFolder);
  const chosen = select(runs, options, isAliveSince, Date.now());
  for (const folder of chosen.live) write(`kept, it goes on: ${shown(folder)}\n`);
  say(host, 'memory cgroups', sweepMemoryCgroups(isAlive));
  await sweepClusters(host);
  say(host, 'leftovers of ended runs', chosen.scratch.map(shown), removeAll(chosen.scratch));
  if (options.reports) {
    say(host, 'recorded runs', chosen.runs.map(shown), removeAll(chosen.runs));
    removeEmpty(reportsFolder);
  } else if (runs.length > 0) {
    write(`recorded runs: ${runs.length} stay; --reports removes those that have ended\n`);
  }
  if (!options.cache) return;
  if (chosen.live.length > 0) {
    throw new UserError('the cache stays: a run goes on. Hint: end it, or wait for it');
  }
  const bytes = removeCache(acquire.cacheDir);
  say(host, 'cache', bytes === undefined ? [] : [acquire.cacheDir], bytes);
}

const shown = (path: string): string => relative(process.cwd(), path);
const mostShown = 10;

function say({ write }: Host, what: string, removed: readonly string[], bytes?: number): void {
  if (removed.length === 0) {
    write(`${what}: nothing to remove\n`);
    return;
  }
  const size = bytes === undefined ? '' : `, ${formatBytes(bytes)}`;
  write(`${what}: removed ${removed.length}${size}\n`);
  for (const name of removed.slice(0, mostShown)) write(`  ${name}\n`);
  if (removed.length > mostShown) write(`  ... and ${removed.length - mostShown} more\n`);
}

/** Without Docker no run can have left a cluster behind. */
async function sweepClusters(host: Host): Promise<void> {
  try {
    const run = createCommands(host.acquire.environment);
    const swept = await sweepKind(run, () => undefined);
    say(host, 'kind clusters', swept);
    // Kubernetes' client loads longer than all the rest.
    const { healWarm } = await import('../stack/kind/borrow.ts');
    await healWarm(run, ownerNow(), (text) => host.write(`${text}\n`), host.signal);
  } catch (error) {
    const reason = messageOf(error).split('\n').at(-1)?.trim();
    host.write(`kind clusters: not looked for; ${reason}\n`);
  }
}
