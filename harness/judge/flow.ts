import type { Bucket, ItemAccount } from './ledger/account.ts';
import { furthestStep } from './ledger/bucket.ts';
import { lastStation } from './model/path.ts';
import type { JudgeContext, LogAccount, WatchedTrace } from './watch.ts';

export type LeavingKind = Exclude<Bucket['kind'], 'delivered' | 'ended'>;

/** Items that left their way at one station, for one reason. */
export interface Branch {
  /** Index among the stations: where they were last. */
  readonly at: number;
  readonly kind: LeavingKind;
  /** The processor, the drop policy or the cause of the loss; empty where the kind says it all. */
  readonly cause: string;
  readonly items: number;
}

/** The way of one signal's items from the load to the backend, as a flow. */
export interface Flow {
  readonly signal: 'traces' | 'logs';
  /** `load`, each tier in turn, the backend, or the exporter in which the config ends the way. */
  readonly stations: readonly string[];
  readonly planned: number;
  /** Most first; what none of them took was delivered, or ended there. */
  readonly branches: readonly Branch[];
}

/** Adds up where items leave, hop by hop. */
export interface FlowCounter {
  trace(trace: WatchedTrace): void;
  log(log: LogAccount): void;
  finish(): readonly Flow[];
}

export function createFlowCounter(context: JudgeContext): FlowCounter {
  const flows = { traces: counterOf(context, 'traces'), logs: counterOf(context, 'logs') };
  return {
    trace: ({ account }) => {
      for (const span of account.spans) flows.traces.add(span);
    },
    log: ({ account }) => flows.logs.add(account),
    finish: () => [flows.traces.finish(), flows.logs.finish()],
  };
}

function counterOf({ paths }: JudgeContext, signal: Flow['signal']) {
  const path = paths[signal];
  const branches = new Map<string, { -readonly [K in keyof Branch]: Branch[K] }>();
  let planned = 0;
  return {
    add: ({ view, bucket }: ItemAccount): void => {
      planned++;
      if (bucket.kind === 'delivered' || bucket.kind === 'ended') return;
      const at = furthestStep(view) + 1;
      const cause = causeOf(bucket);
      const key = `${at}/${bucket.kind}/${cause}`;
      const branch = branches.get(key) ?? { at, kind: bucket.kind, cause, items: 0 };
      branches.set(key, branch);
      branch.items++;
    },
    finish: (): Flow => ({
      signal,
      stations: [
        'load',
        ...path.steps.map(({ tier }) => tier.name),
        path.ends.length > 0 ? `${lastStation(path)} (ends there)` : lastStation(path),
      ],
      planned,
      branches: [...branches.values()].sort((a, b) => b.items - a.items),
    }),
  };
}

function causeOf(bucket: Bucket): string {
  switch (bucket.kind) {
    case 'filtered':
      return bucket.processor;
    case 'notSampled':
      return bucket.dropPolicy ?? '';
    case 'lost':
      return bucket.cause;
    default:
      return '';
  }
}
