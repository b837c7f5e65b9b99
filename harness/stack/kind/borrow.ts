import { messageOf } from '../../lib/errors.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import type { Kube } from './api.ts';
import type { RunCommand } from './commands.ts';
import { askToGo, heal } from './heal.ts';
import { giveBack, isGone, leasesOf, takeLease } from './lease.ts';
import { type RunOwner, runLabel, runNames } from './names.ts';
import { nodePrograms } from './node-exec.ts';
import { connectWarm } from './reach.ts';
import { findWarm, unfitForWarm, type WarmCluster } from './warm.ts';

/** A warm cluster that is this run's alone, and as if no run had been in it before. */
export interface Borrowed {
  readonly cluster: string;
  readonly kube: Kube;
  /** Has what the run made deleted, and lets others have the cluster. */
  giveBack(): Promise<void>;
}

export interface Borrower {
  readonly owner: RunOwner;
  readonly configName: string;
  readonly pipeline: Pick<Pipeline, 'resources' | 'tiers'>;
  /** Of what the cluster must be made. */
  readonly fingerprint: string;
}

/** @returns undefined where none is there, free, as it must be, and comes to its senses */
export async function borrow(
  run: RunCommand,
  { owner, configName, pipeline, fingerprint }: Borrower,
  onEvent: (text: string) => void,
  signal: AbortSignal,
): Promise<Borrowed | undefined> {
  for (const warm of await findWarm(run)) {
    const unfit =
      warm.fingerprint === fingerprint ? unfitForWarm(pipeline) : 'it is made of other versions';
    if (unfit !== undefined) {
      onEvent(`the warm cluster ${warm.cluster} is not for this run: ${unfit}`);
      continue;
    }
    const { run: name } = runNames(configName, owner, warm.cluster);
    const labels = { [runLabel]: name };
    try {
      const kube = await connectWarm(run, warm.cluster, signal, labels);
      if (await takeAndHeal(kube, owner, onEvent)) return lent(warm, kube, owner);
      onEvent(`the warm cluster ${warm.cluster} is another run’s`);
    } catch (error) {
      signal.throwIfAborted();
      onEvent(`the warm cluster ${warm.cluster} is no use: ${messageOf(error)}`);
    }
  }
  return undefined;
}

/** @returns whether it is this run's now */
async function takeAndHeal(
  kube: Kube,
  owner: RunOwner,
  onEvent: (text: string) => void,
): Promise<boolean> {
  const leases = leasesOf(kube);
  if (!(await takeLease(leases, owner, isGone))) return false;
  try {
    await heal(kube, nodePrograms, onEvent);
    return true;
  } catch (error) {
    await giveBack(leases, owner);
    throw error;
  }
}

const lent = ({ cluster }: WarmCluster, kube: Kube, owner: RunOwner): Borrowed => ({
  cluster,
  kube,
  giveBack: async () => {
    try {
      await askToGo(kube);
    } finally {
      await giveBack(leasesOf(kube), owner);
    }
  },
});

/**
 * Heals warm clusters that dead runs held or left something in; those that a run has are let be.
 * One that can't be is told.
 */
export async function healWarm(
  run: RunCommand,
  owner: RunOwner,
  onEvent: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const { cluster } of await findWarm(run)) {
    try {
      const kube = await connectWarm(run, cluster, signal);
      if (await takeAndHeal(kube, owner, onEvent)) await giveBack(leasesOf(kube), owner);
    } catch (error) {
      signal.throwIfAborted();
      const hint = 'bench cluster down removes it';
      onEvent(`the warm cluster ${cluster} can’t be healed: ${messageOf(error)}\nHint: ${hint}`);
    }
  }
}
