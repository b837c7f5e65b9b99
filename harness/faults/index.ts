import type { Journal } from '../journal/journal.ts';
import type { PlannedFault } from '../plan/types.ts';
import type { FaultKind } from '../scenario/types.ts';
import { nowMs } from '../shell/clock.ts';
import type { PodLife, RunningStack } from '../stack/types.ts';
import { answer } from './answer.ts';
import { kill } from './kill.ts';
import { oom } from './oom.ts';
import { outage } from './outage.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { restart } from './restart.ts';
import { roll } from './roll.ts';
import { scale } from './scale.ts';
import { slow } from './slow.ts';
import { strip } from './strip.ts';
import type { Fault, PodFault, Receipt, TierFault } from './types.ts';
import { wipe } from './wipe.ts';

/** One file a fault; a kind without one does not compile. */
export const faults = {
  kill,
  restart,
  roll,
  scale,
  pause,
  partition,
  oom,
  wipe,
  outage,
  answer,
  slow,
  strip,
} as const satisfies Record<FaultKind, Fault>;

/**
 * Injects every fault at its moment, the pods of its target at once or one after another, or its
 * tier as a whole. A fault that fails leaves a journal entry and no receipt: the verdict becomes
 * unknown.
 */
export async function runFaults(
  planned: readonly PlannedFault[],
  stack: RunningStack,
  startMs: number,
  journal: Journal,
  signal: AbortSignal,
): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  await Promise.all(
    planned.map(async (fault) => {
      await untilMoment(startMs + fault.spec.atMs - nowMs(), signal);
      if (signal.aborted) return;
      const own: Fault = faults[fault.spec.kind];
      if ('injectAll' in own) {
        receipts.push(...(await injectTier(own, fault, stack, journal)));
        return;
      }
      const injectOne = async (ordinal: number): Promise<void> => {
        const receipt = await inject(own, fault, ordinal, stack, journal);
        if (receipt) receipts.push(receipt);
      };
      if (!own.oneByOne) await Promise.all(fault.ordinals.map(injectOne));
      else for (const ordinal of downwards(fault.ordinals)) await injectOne(ordinal);
    }),
  );
  return receipts.sort((a, b) => a.fault - b.fault || a.target.localeCompare(b.target));
}

/** As a StatefulSet's controller goes. */
const downwards = (ordinals: readonly number[]): number[] => ordinals.toSorted((a, b) => b - a);

async function injectTier(
  { injectAll }: TierFault,
  fault: PlannedFault,
  stack: RunningStack,
  journal: Journal,
): Promise<readonly Receipt[]> {
  const { kind } = fault.spec;
  journal.write('fault', { kind, target: fault.tier });
  try {
    const receipts = await injectAll(stack, fault, nowMs);
    for (const receipt of receipts) journal.write('receipt', { receipt });
    return receipts;
  } catch (error) {
    journal.write('fault failed', { kind, target: fault.tier, error: String(error) });
    return [];
  }
}

async function inject(
  { inject: injectPod }: PodFault,
  fault: PlannedFault,
  ordinal: number,
  stack: RunningStack,
  journal: Journal,
): Promise<Receipt | undefined> {
  const { kind } = fault.spec;
  const lives = stack.lives().filter((l) => l.tier === fault.tier && l.ordinal === ordinal);
  const { backend } = fault.spec.target;
  const pod =
    lives.findLast((life) => life.endedMs === undefined) ??
    (backend === undefined ? undefined : outside(backend, fault.tier, ordinal));
  const target = `${fault.tier}/${ordinal}`;
  journal.write('fault', { kind, target, pod: pod?.pod });
  try {
    if (!pod) throw new Error(`${target} is not running`);
    const receipt = await injectPod(stack, pod, fault, nowMs);
    journal.write('receipt', { receipt });
    return receipt;
  } catch (error) {
    journal.write('fault failed', { kind, target, error: String(error) });
    return undefined;
  }
}

/** Where no program stands its recorder answers alone: a vendor's place, or a second store. */
const outside = (pod: string, tier: string, ordinal: number): PodLife => ({
  pod,
  tier,
  ordinal,
  life: 0,
  uid: '',
  node: '',
  address: '',
  recorder: undefined,
  startedMs: 0,
  readyMs: undefined,
  endedMs: undefined,
  exitCode: undefined,
  signal: undefined,
  oomKilled: false,
  ending: 'running',
});

function untilMoment(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, waitMs));
    const abort = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}
