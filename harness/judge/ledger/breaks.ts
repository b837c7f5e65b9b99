import type { Evidence } from '../../evidence/types.ts';
import type { Component, Signal, Tier } from '../../pipeline/types.ts';
import type { PodLife } from '../../stack/types.ts';
import { outputsOf } from '../model/outputs.ts';
import { queueFileOf } from '../model/queue-file.ts';
import { queuesOf } from '../model/queues.ts';
import { type Incarnations, keyOf, successorOf } from './incarnations.ts';

/** A process that ended while the run went on, and what of its exporter's queue was on disk. */
export interface Break {
  readonly key: string;
  readonly pod: string;
  readonly endedMs: number;
  /** When the next process of the pod was ready; undefined where none was. */
  readonly backMs: number | undefined;
  /** By the copy that was taken then; undefined where nobody knows. */
  readonly onDisk: ReadonlySet<string> | undefined;
  /** Of these, what was being sent as it ended. */
  readonly dispatched: number;
  /** Why nobody knows. */
  readonly lacking: string | undefined;
}

/** Span or log record, by its ids, as a queue's copy names it. */
export const itemIdOf = ({ traceId, spanId }: { traceId: string; spanId: string }): string =>
  traceId + spanId;

/** Whether an exporter keeps what it queues on a disk, however long that lasts. */
export const isPersistent = (tier: Tier, exporter: Component): boolean =>
  queuesOf(tier, exporter).some(({ place }) => place !== 'memory');

/** What the copy of a queue says that was taken when a life ended. */
export function leftOnDisk(
  life: PodLife,
  exporter: Component,
  signal: Signal,
  { queues }: Pick<Evidence, 'queues'>,
): Pick<Break, 'onDisk' | 'dispatched' | 'lacking'> {
  const unknown = (lacking: string) => ({ onDisk: undefined, dispatched: 0, lacking });
  const { pod, uid, left } = life;
  if (!left) return unknown(`no copy of the queue of ${pod} was taken as it ended`);
  if (left.lacking !== undefined) {
    return unknown(`the queue of ${pod} could not be copied: ${left.lacking}`);
  }
  const name = queueFileOf(exporter.id, signal);
  const own = queues.filter(
    (queue) => queue.pod === pod && queue.uid === uid && queue.life === life.life,
  );
  const queue = own.find(({ path }) => path.endsWith(`/${name}`));
  if (!queue) return unknown(`${pod} left no file ${name}`);
  if (queue.defect !== undefined) {
    return unknown(`the copy of ${queue.path} of ${pod}: ${queue.defect}`);
  }
  const itemsOf = (requests: typeof queue.requests) => requests.flatMap(({ items }) => items);
  const dispatched = itemsOf(queue.requests.filter((request) => request.dispatched)).length;
  return { onDisk: new Set(itemsOf(queue.requests)), dispatched, lacking: undefined };
}

/** What was on disk as a process ended, by the copy taken then; undefined where nobody knows. */
export type DiskQueues = (life: PodLife, tier: Tier, signal: Signal) => Break['onDisk'];

/** Of a tier with one exporter a signal: with several, each has a queue of its own. */
export function createDiskQueues(evidence: Pick<Evidence, 'queues'>): DiskQueues {
  const known = new Map<string, Break['onDisk']>();
  return (life, tier, signal) => {
    const key = `${keyOf(life)} ${signal}`;
    if (known.has(key)) return known.get(key);
    const [output, ...others] = outputsOf(tier, signal);
    const isOne = output && others.length === 0 && isPersistent(tier, output.exporter);
    const onDisk = isOne ? leftOnDisk(life, output.exporter, signal, evidence).onDisk : undefined;
    known.set(key, onDisk);
    return onDisk;
  };
}

/** Every process of a tier that ended early, with what the exporter's queue held for a signal. */
export const breaksOf = (
  tier: Tier,
  exporter: Component,
  signal: Signal,
  evidence: Evidence,
  { endedEarly }: Pick<Incarnations, 'endedEarly'>,
): Break[] =>
  endedEarly
    .filter((incarnation) => incarnation.tier === tier.name)
    .map(({ life }) => ({
      key: keyOf(life),
      pod: life.pod,
      endedMs: life.endedMs ?? Number.POSITIVE_INFINITY,
      backMs: successorOf(life, evidence.lives)?.readyMs,
      ...(isPersistent(tier, exporter)
        ? leftOnDisk(life, exporter, signal, evidence)
        : { onDisk: new Set<string>(), dispatched: 0, lacking: undefined }),
    }));
