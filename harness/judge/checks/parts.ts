import type { Output, Tier } from '../../pipeline/types.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { type Arrival, type ItemView, taken } from '../ledger/arrival.ts';
import { isRemoteWriter, outputsOf } from '../model/outputs.ts';
import type { SignalPath } from '../model/path.ts';
import { refuserIn } from '../model/refuser.ts';
import type { JudgeContext } from '../watch.ts';

/** An item that was seen behind a tier which had refused every request that it came in. */
export interface Contradiction {
  readonly tier: string;
  readonly account: ItemAccount;
}

/** Requests that a tier refused, and what of them was seen behind it nevertheless. */
export interface Parts {
  /** @param step of the path; the next hop must be recorded. */
  watch(path: SignalPath, step: number, account: ItemAccount): void;
  contradictions(): readonly Contradiction[];
}

/** What was handed on of a request that was refused, until it is known whether a part was not. */
interface Split {
  readonly passed: Contradiction[];
  partRefused: boolean;
}

/**
 * A tier may refuse a request though a part of it, or a copy, went on: `loadbalancing` hands each
 * gateway its traces and answers with the errors of all of them (loadbalancingexporter v0.152.0,
 * ConsumeTraces), a pipeline with several exporters hands each a copy and does likewise (collector,
 * internal/fanoutconsumer), and an exporter without a queue that gave up waiting is answered by
 * nobody, though what stands behind took it. Whatever else is seen behind who refused it is a
 * contradiction: of a request that was refused, all of which went on, or which was refused in
 * front of the exporters.
 */
export function createParts(context: JudgeContext): Parts {
  const splits = new Map<string, Split>();
  const found: Contradiction[] = [];
  const splitOf = (key: string): Split => {
    const split = splits.get(key) ?? { passed: [], partRefused: false };
    splits.set(key, split);
    return split;
  };
  return {
    watch: (path, step, account) => {
      const { view, bucket } = account;
      const before = view.arrivals[step] ?? [];
      const tier = path.steps[step]?.tier;
      if (!tier || before.some(({ kind }) => kind !== 'refused')) return;
      const keys = before.map((arrival) => `${path.signal} ${step} ${nameOf(arrival, view)}`);
      const behind = taken(view.arrivals[step + 1] ?? view.deliveries);
      if (behind.length === 0) {
        // What a processor took out on its way was refused to nobody.
        if (bucket.kind !== 'filtered') for (const key of keys) splitOf(key).partRefused = true;
        return;
      }
      const contradiction = { tier: tier.name, account };
      const mayBeSaid = before.some((arrival) => isOfExporter(context, tier, path, arrival, view));
      if (mayBeSaid && (behind.every(({ unheard }) => unheard) || isCopy(tier, path, behind))) {
        return;
      }
      const next = path.steps[step + 1]?.tier.name ?? '';
      const isSplit = outputsOf(tier, path.signal).some(({ loadBalancing }) => loadBalancing);
      if (!mayBeSaid || !isSplit || context.recordersOfPods(next).length < 2) {
        found.push(contradiction);
      } else for (const key of keys) splitOf(key).passed.push(contradiction);
    },
    contradictions: () => {
      const explained = new Set<ItemAccount>();
      const open = new Map<ItemAccount, Contradiction>();
      for (const { passed, partRefused } of splits.values()) {
        for (const one of passed) {
          if (partRefused) explained.add(one.account);
          else open.set(one.account, one);
        }
      }
      return [...found, ...[...open.values()].filter(({ account }) => !explained.has(account))];
    },
  };
}

/** The request: in front of the first tier, where nothing may be recorded, the load's block. */
const nameOf = ({ sighting }: Arrival, { item }: ItemView): string =>
  sighting ? `${sighting.recorder}/${sighting.request}` : `block ${item.block}`;

/** Whether it was refused in words, and those are not of who stands in front of the exporters. */
function isOfExporter(
  { spoken }: JudgeContext,
  tier: Tier,
  { signal }: SignalPath,
  { sighting, message }: Arrival,
  { block }: ItemView,
): boolean {
  const said = sighting ? message : (block?.outcome?.message ?? '');
  if (said === '') return false;
  const component = refuserIn(tier, signal, said, spoken)?.component;
  const isExporter = ({ exporter }: Output): boolean => `${tier.name}/${exporter.id}` === component;
  return component === undefined || outputsOf(tier, signal).some(isExporter);
}

/** Of the ways by which exporters send backends a copy, one at least did not bring it. */
function isCopy(tier: Tier, { signal }: SignalPath, behind: readonly Arrival[]): boolean {
  const ways = outputsOf(tier, signal).flatMap((output) =>
    'backend' in output.to ? `${output.to.backend} ${isRemoteWriter(output)}` : [],
  );
  const took = new Set(behind.map((one) => `${one.backend} ${one.remoteWrite === true}`));
  return new Set(ways).size > took.size;
}
