import type { DropLine } from '../../evidence/types.ts';
import type { SignalPath } from '../model/path.ts';
import type { Done } from './account.ts';
import type { Arrival, ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import { createDropLedger } from './drops.ts';
import type { Incarnation, Outage } from './incarnations.ts';
import { lostBehind } from './lost.ts';
import type { Pause } from './pauses.ts';

/** What a test of a loss tells of it; the rest is as plain as can be. */
export const plainPath = {
  signal: 'logs',
  steps: ['agent', 'gateway'].map((name) => ({ tier: { name, outputs: [] }, processors: [] })),
  backends: ['loki'],
} as unknown as SignalPath;

export const process = (tier: string, endedMs?: number): Incarnation =>
  ({
    key: tier,
    tier,
    ending: endedMs === undefined ? 'running' : 'killed',
    life: { pod: `${tier}-0`, endedMs },
  }) as unknown as Incarnation;

export const arrival = (over: Partial<Arrival>): Arrival =>
  ({
    fromMs: 1_000,
    toMs: 1_010,
    kind: 'ok',
    missing: false,
    final: false,
    message: '',
    ...over,
  }) as Arrival;

/** A recorder that accepts nothing, and one that is not even asked. */
export const silent = 9;
export const idle = 8;

interface Told {
  readonly holder: Incarnation;
  readonly step: 0 | 1;
  readonly attempts?: readonly Arrival[];
  readonly drops?: readonly Partial<DropLine>[];
  readonly outages?: readonly Partial<Outage>[];
  /** When the next hop accepted requests of others. */
  readonly acceptedMs?: readonly number[];
  /** Recorders of the next hop's pods, if it has any. */
  readonly pods?: readonly number[];
  readonly lives?: readonly object[];
  readonly tiers?: readonly object[];
  readonly path?: SignalPath;
  readonly receipts?: readonly object[];
  /** What the copy of its queue holds. */
  readonly copied?: ReadonlySet<string>;
  /** Of the holder. */
  readonly pauses?: readonly Pause[];
  readonly overrun?: object | undefined;
}

export function bucketOf({ holder, step, attempts = [], drops = [], outages = [], ...rest }: Told) {
  const { lives = [], path = plainPath } = rest;
  const lines = drops.map((line) => ({ pod: holder.life.pod, signal: '', items: 1, ...line }));
  const context = {
    evidence: { facts: { endMs: 90_000 }, lives, receipts: rest.receipts ?? [] },
    drops: createDropLedger(lines as DropLine[], () => false),
    incarnations: { outages, joins: [] },
    spoken: { by: () => [], startMs: 0 },
    pipeline: { tiers: rest.tiers ?? [] },
    backendRecorders: { logs: new Set([2]), traces: new Set() },
    recordersOfTier: () => new Set([1]),
    parting: new Set(),
    recordersOfPods: () =>
      (rest.pods ?? [1]).map((number) => ({
        pod: `gateway-${number}`,
        numbers: new Set([number]),
      })),
    answeredBetween: (asked: ReadonlySet<number>, fromMs: number, toMs: number) =>
      !asked.has(silent) &&
      !asked.has(idle) &&
      (rest.acceptedMs ?? []).some((atMs) => atMs > fromMs && atMs <= toMs),
    askedBetween: (asked: ReadonlySet<number>) => !asked.has(idle),
    pauses: new Map([[holder.key, rest.pauses ?? []]]),
    diskQueues: () => rest.copied,
    deadlines: { overrun: () => rest.overrun },
  } as unknown as JudgeContext;
  const own = arrival({ incarnation: holder });
  const arrivals = step === 0 ? [[own], attempts] : [[], [own]];
  const item = { traceId: 't', spanId: 's' };
  const view = { item, arrivals, deliveries: step === 1 ? attempts : [] } as unknown as ItemView;
  const done: Done = (bucket, over) =>
    ({ view, bucket, indeterminate: false, missing: false, ...over }) as never;
  const missing = { view, attempts: step === 1 ? attempts : [], stay: undefined };
  return lostBehind(context, path, step, missing, done).bucket;
}

export const refused = (final: boolean) => arrival({ kind: 'refused', fromMs: 1_050, final });
