import { messageOf, UserError } from '../lib/errors.ts';
import { kindConfigFile } from '../prepare.ts';
import { checkDocker, removeRun } from '../stack/kind/cluster.ts';
import { createCommands, type RunCommand } from '../stack/kind/commands.ts';
import { holderIn, isGone, leasesOf } from '../stack/kind/lease.ts';
import type { RunOwner } from '../stack/kind/names.ts';
import { raiseCluster } from '../stack/kind/raise.ts';
import { connectWarm } from '../stack/kind/reach.ts';
import { fingerprintNow } from '../stack/kind/settings.ts';
import { sweepKind } from '../stack/kind/sweep.ts';
import { findWarm, unmarkWarm } from '../stack/kind/warm.ts';
import type { Host } from './host.ts';

export type ClusterAction = 'up' | 'status' | 'down';

/**
 * `bench cluster`: a kind cluster that outlives runs, which runs on kind borrow one at a time.
 * @throws UserError where one is there already, or is a run's that goes on
 */
export async function clusterCommand(action: ClusterAction, host: Host): Promise<void> {
  const { acquire, signal, write } = host;
  const run = createCommands(acquire.environment);
  const settings = { acquire, configFile: kindConfigFile };
  const say = (text: string): void => write(`  ${text}\n`);
  await checkDocker(run, signal);
  await sweepKind(run, say);
  const found = await findWarm(run);
  const fingerprint = await fingerprintNow(settings);
  if (action === 'up') {
    const same = found.find((warm) => warm.fingerprint === fingerprint);
    if (same) throw new UserError(`${same.cluster} is up already. Hint: bench cluster status`);
    const { cluster } = await raiseCluster(run, settings, say, signal);
    write(`${cluster} is up; runs with --runtime kind borrow it until bench cluster down\n`);
    return;
  }
  if (found.length === 0) write('no warm cluster. Hint: bench cluster up makes one\n');
  for (const warm of found) {
    const { cluster } = warm;
    const { state, holder } = await stateOf(run, cluster, signal);
    if (action === 'status') {
      const other = warm.fingerprint === fingerprint ? '' : ', of other versions: runs leave it be';
      write(`${cluster}: ${state}${other}\n`);
      continue;
    }
    if (holder) {
      const hint = 'end that run, or wait for it';
      throw new UserError(`${cluster} stays: it is ${state}. Hint: ${hint}`);
    }
    await unmarkWarm(run, cluster);
    await removeRun(run, cluster);
    write(`${cluster} is removed\n`);
  }
}

async function stateOf(
  run: RunCommand,
  cluster: string,
  signal: AbortSignal,
): Promise<{ readonly state: string; readonly holder?: RunOwner }> {
  try {
    const holder = await holderIn(leasesOf(await connectWarm(run, cluster, signal)));
    if (!holder || isGone(holder)) return { state: 'free' };
    return { state: `lent to process ${holder.processId} of ${holder.host}`, holder };
  } catch (error) {
    signal.throwIfAborted();
    return { state: `not to be reached (${messageOf(error).split('\n')[0]})` };
  }
}
