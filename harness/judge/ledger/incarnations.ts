import type { Evidence } from '../../evidence/types.ts';
import type { PodLife } from '../../stack/types.ts';
import { didHarm } from './harms.ts';

/** One process of one tier, from its start to its end. */
export interface Incarnation {
  readonly key: string;
  readonly tier: string;
  readonly life: PodLife;
  readonly ending: 'running' | 'killed' | 'graceful';
}

/** Finds which process took a request. */
export interface Incarnations {
  /** The process behind a recorder at a moment; undefined where none was running. */
  at(recorder: number, atMs: number): Incarnation | undefined;
  /** The process of a tier on a node at a moment: the one that a node's load enters. */
  onNode(tier: string, node: string, atMs: number): Incarnation | undefined;
  /** The process of a pod at an address at a moment. */
  byAddress(address: string, atMs: number): Incarnation | undefined;
  /** Processes of a tier that ended while the run went on, in whatever way. */
  readonly endedEarly: readonly Incarnation[];
  readonly outages: readonly Outage[];
  readonly joins: readonly Join[];
}

/** From when a tier was to have one pod more until that pod was ready. */
export interface Join extends Pick<Outage, 'tier' | 'pod' | 'fromMs' | 'toMs'> {}

/**
 * From when a pod was told to end, or ended, until its successor was ready; where it was to have
 * none until it had ended.
 */
export interface Outage {
  readonly tier: string;
  readonly pod: string;
  readonly ending: Incarnation['ending'];
  /** The whole pod went, not only its container: nobody comes back at its address. */
  readonly deleted: boolean;
  readonly fromMs: number;
  /** When its process was gone. */
  readonly endedMs: number;
  readonly toMs: number;
}

export const keyOf = ({ pod, uid, life }: PodLife): string => `${pod}/${uid}/${life}`;

/** The next life of a pod's name, in the same pod or in one made anew. */
export const successorOf = (
  { pod, endedMs = 0 }: PodLife,
  lives: readonly PodLife[],
): PodLife | undefined => lives.find((other) => other.pod === pod && other.startedMs >= endedMs);

/** Of the faults that were done to a pod during one of its lives. */
export const receiptsOf = (
  { pod, startedMs, endedMs = Number.POSITIVE_INFINITY }: PodLife,
  receipts: Evidence['receipts'],
): Evidence['receipts'] =>
  receipts.filter((r) => r.pod === pod && r.injectedMs >= startedMs && r.injectedMs <= endedMs);

/** Its volumes were emptied as it ended: what was on them no successor finds. */
export const lostItsVolumes = (life: PodLife, receipts: Evidence['receipts']): boolean =>
  receiptsOf(life, receipts).some((receipt) => receipt.bit && didHarm(receipt, 'wiped'));

/** Its pod was to go, and no other to come in its stead. */
export const wasUnreplaced = (life: PodLife, receipts: Evidence['receipts']): boolean =>
  receiptsOf(life, receipts).some((receipt) => didHarm(receipt, 'unreplaced'));

export function readIncarnations(evidence: Evidence): Incarnations {
  const all = evidence.lives.map(
    (life): Incarnation => ({
      key: keyOf(life),
      tier: life.tier,
      life,
      ending: endingOf(life),
    }),
  );
  const byRecorder = new Map<string, Incarnation[]>();
  for (const incarnation of all) {
    const { recorder } = incarnation.life;
    if (recorder === undefined) continue;
    byRecorder.set(recorder, [...(byRecorder.get(recorder) ?? []), incarnation]);
  }
  const behind = new Map(
    evidence.recorders.map(({ number, name }) => [number, byRecorder.get(name) ?? []]),
  );
  // Of each item it is asked.
  const byTier = Map.groupBy(all, ({ tier }) => tier);
  const byNode = new Map(
    [...byTier].map(([tier, own]) => [tier, Map.groupBy(own, ({ life }) => life.node)]),
  );
  return {
    at: (recorder, atMs) => aliveAt(behind.get(recorder) ?? [], atMs),
    onNode: (tier, node, atMs) =>
      aliveAt(byNode.get(tier)?.get(node) ?? byTier.get(tier) ?? [], atMs),
    byAddress: (address, atMs) =>
      aliveAt(
        all.filter(({ life }) => life.address === address),
        atMs,
      ),
    endedEarly: all.filter(isEarly),
    outages: all.filter(isEarly).map((incarnation) => outageOf(incarnation, evidence)),
    joins: evidence.lives.flatMap((life) => joinOf(life, evidence)),
  };
}

const isEarly = ({ life }: Incarnation): boolean =>
  life.ending === 'fault' || life.ending === 'unasked';

function outageOf({ life, ending }: Incarnation, evidence: Evidence): Outage {
  const endedMs = life.endedMs ?? 0;
  const successor = successorOf(life, evidence.lives);
  const told = receiptsOf(life, evidence.receipts).find((receipt) => didHarm(receipt, 'ended'));
  const isUnreplaced = wasUnreplaced(life, evidence.receipts);
  return {
    tier: life.tier,
    pod: life.pod,
    ending,
    deleted: isUnreplaced || (successor !== undefined && successor.uid !== life.uid),
    fromMs: told?.injectedMs ?? endedMs,
    endedMs,
    toMs: isUnreplaced ? endedMs : (successor?.readyMs ?? Number.POSITIVE_INFINITY),
  };
}

/**
 * A life in whose stead there was no other pod, or one that was not to be replaced, and that began
 * while the load went on. Its address is known before it is ready.
 */
function joinOf(life: PodLife, { lives, receipts, facts }: Evidence): Join[] {
  const { tier, pod, startedMs, readyMs = Number.POSITIVE_INFINITY } = life;
  const before = lives.findLast((own) => own.pod === pod && own.life < life.life);
  const isNew = before === undefined || wasUnreplaced(before, receipts);
  if (!isNew || startedMs < facts.startMs) return [];
  const asked = receipts.findLast((r) => r.pod === pod && r.injectedMs <= startedMs);
  const isAsked = asked !== undefined && didHarm(asked, 'unreplaced');
  return [{ tier, pod, fromMs: isAsked ? asked.injectedMs : startedMs, toMs: readyMs }];
}

function aliveAt(candidates: readonly Incarnation[], atMs: number): Incarnation | undefined {
  return candidates.find(
    ({ life }) => life.startedMs <= atMs && atMs < (life.endedMs ?? Number.POSITIVE_INFINITY),
  );
}

/** SIGKILL and crashes leave no time to hand anything on; SIGTERM does. */
function endingOf(life: PodLife): Incarnation['ending'] {
  if (life.endedMs === undefined) return 'running';
  if (life.exitCode === 0 || life.signal === 'SIGTERM') return 'graceful';
  return 'killed';
}
