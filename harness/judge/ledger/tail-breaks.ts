import { tailingOf } from '../../pipeline/container-logs.ts';
import { logFilesOf } from '../../pipeline/entry.ts';
import type { Component, Tier } from '../../pipeline/types.ts';
import type { SignalPath } from '../model/path.ts';
import { isGoneWith, placeOfStorage } from '../model/queues.ts';
import { type ItemView, taken } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import type { Outage } from './incarnations.ts';

/** A receiver looks at its files this often (`poll_interval`, filelogreceiver v0.152.0). */
export const pollMs = 200;

/** A process that tails files ended while the run went on. */
export interface TailBreak {
  readonly tier: Tier;
  readonly files: Component;
  readonly outage: Outage;
  /** Its successor did not know where it had come to. */
  readonly forgot: boolean;
  /** Without offsets it begins at the end of files that are there. */
  readonly fromEnd: boolean;
}

/** Where log records enter by files, the ends of those processes that tail an item's file. */
export function tailBreaks(
  context: JudgeContext,
  { signal }: Pick<SignalPath, 'signal'>,
  { block }: Pick<ItemView, 'block'>,
): TailBreak[] {
  const { files, tier } = logFilesOf(context.pipeline, signal) ?? {};
  if (!files || !tier) return [];
  const { evidence, incarnations } = context;
  const node = evidence.facts.workerNodes[block?.node ?? -1];
  const { fromEnd, storage } = tailingOf(files);
  const place = placeOfStorage(tier, storage);
  return incarnations.outages.flatMap((outage) => {
    const isHere = evidence.lives.some((own) => own.pod === outage.pod && own.node === node);
    if (outage.tier !== tier.name || !isHere) return [];
    const forgot = place === 'memory' || isGoneWith(place, outage.deleted ? 'pod' : 'container');
    return { tier, files, outage, forgot, fromEnd };
  });
}

/** When an item's line was on its node's disk. */
export const writtenMs = ({ arrivals }: Pick<ItemView, 'arrivals'>): number =>
  Math.max(...taken(arrivals[0] ?? []).map(({ toMs }) => toMs));
