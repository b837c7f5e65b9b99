import type { PlannedFault } from '../plan/types.ts';
import { until } from '../shell/until.ts';
import type { PodLife, RunningStack } from '../stack/types.ts';
import { receiptOf } from './receipt.ts';
import type { Receipt, TierFault } from './types.ts';

/** A container of a cluster that has to be pulled up takes its time, and so does a long grace. */
const doneWithinMs = 120_000;
const lookEveryMs = 20;

type Stack = Pick<RunningStack, 'control' | 'lives'>;

/**
 * A tier gets another number of replicas. Each pod that comes is proved by being ready and listed
 * at the tier's Services, each that goes by its end and by being listed no longer.
 */
export const scale: TierFault = {
  unavailable: ({ runtime, workload, isAllocated }) =>
    workload === 'daemonset' || workload === 'sidecar'
      ? `fault scale: a ${workload} has no number of replicas; scale a statefulset or a deployment`
      : runtime === 'kind' && workload === 'deployment'
        ? 'fault scale: which pod of a deployment goes is its ReplicaSet’s choice on kind, where only pods ' +
          'of a statefulset are told apart then; run it embedded'
        : isAllocated
          ? 'fault scale: a target allocator shares targets out among the tier’s pods, and who has them then ' +
            'is not built; scale a tier that is sent to'
          : undefined,
  injectAll: async (stack, fault, nowMs) => {
    const { spec } = fault;
    if (spec.kind !== 'scale') throw new Error(`${spec.kind} is no scaling`);
    const before = new Set(stack.lives().map(({ uid }) => uid));
    const going = stack.lives().filter((life) => isOf(life, fault) && life.endedMs === undefined);
    const injectedMs = nowMs();
    await stack.control.pods.scale(fault.tier, spec.replicas);
    const receipts = await Promise.all(
      fault.ordinals.map((ordinal) => {
        const [comes, old] = [ordinal < spec.replicas, going.find((l) => l.ordinal === ordinal)];
        if (comes) return whoCame(stack, fault, { ordinal, before, injectedMs, nowMs });
        return old && whoWent(stack, fault, { old, injectedMs, nowMs });
      }),
    );
    return receipts.filter((receipt) => receipt !== undefined);
  },
};

const isOf = ({ tier }: PodLife, fault: PlannedFault): boolean => tier === fault.tier;

interface Moments {
  readonly injectedMs: number;
  readonly nowMs: () => number;
}

async function whoCame(
  stack: Stack,
  fault: PlannedFault,
  {
    ordinal,
    before,
    injectedMs,
    nowMs,
  }: Moments & { readonly ordinal: number; readonly before: ReadonlySet<string> },
): Promise<Receipt | undefined> {
  const isNew = (life: PodLife): boolean =>
    isOf(life, fault) && life.ordinal === ordinal && !before.has(life.uid);
  // One that ends before, as where it is to go again, is not waited for.
  const pod = await until(doneWithinMs, lookEveryMs, () =>
    stack
      .lives()
      .find((life) => isNew(life) && (life.readyMs !== undefined || life.endedMs !== undefined)),
  );
  if (!pod) return undefined;
  const ready = pod.readyMs === undefined ? undefined : pod;
  const listed = ready && (await listing(stack, fault.tier, ready.address, true));
  return receiptOf(fault, pod, {
    injectedMs,
    healedMs: ready?.readyMs,
    bit: ready !== undefined && listed !== 'not seen',
    proof: {
      came: true,
      address: pod.address,
      readyAfterMs: ready ? Math.round((ready.readyMs ?? 0) - injectedMs) : -1,
      endpoint: listed ?? 'not seen',
      endpointAfterMs: listed === 'changed' ? Math.round(nowMs() - injectedMs) : -1,
    },
  });
}

async function whoWent(
  stack: Stack,
  fault: PlannedFault,
  { old, injectedMs, nowMs }: Moments & { readonly old: PodLife },
): Promise<Receipt> {
  const listed = await listing(stack, fault.tier, old.address, false);
  const endpointAfterMs = listed === 'changed' ? Math.round(nowMs() - injectedMs) : -1;
  const ended = await until(doneWithinMs, lookEveryMs, () =>
    stack
      .lives()
      .find(
        ({ uid, life, endedMs }) => uid === old.uid && life === old.life && endedMs !== undefined,
      ),
  );
  return receiptOf(fault, old, {
    injectedMs,
    healedMs: ended?.endedMs,
    bit: ended?.ending === 'fault' && listed !== 'not seen',
    proof: {
      came: false,
      address: old.address,
      exitCode: ended?.exitCode ?? -1,
      stoppedAfterMs: ended ? Math.round((ended.endedMs ?? 0) - injectedMs) : -1,
      endpoint: listed,
      endpointAfterMs,
    },
  });
}

/** Waits until an address is listed at the tier's Services, or is no longer. */
async function listing(
  stack: Stack,
  tier: string,
  address: string,
  isWanted: boolean,
): Promise<'changed' | 'no service' | 'not seen'> {
  const seen = await until(doneWithinMs, lookEveryMs, async () => {
    const listed = await stack.control.pods.endpoints(tier);
    if (listed === undefined) return 'no service';
    return listed.includes(address) === isWanted ? 'changed' : undefined;
  });
  return seen ?? 'not seen';
}
