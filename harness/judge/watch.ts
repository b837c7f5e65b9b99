import type { ItemAccount, TraceAccount } from './ledger/account.ts';
import type { Alteration } from './ledger/altered.ts';
import type { JudgeContext } from './ledger/context.ts';
import type { CheckResult, Gap } from './types.ts';

/** A log record's account, with how it differs from what was planned. */
export interface LogAccount {
  readonly account: ItemAccount;
  readonly alterations: readonly Alteration[];
}

/** A trace's account, with how its spans differ from what was planned. */
export interface WatchedTrace {
  readonly account: TraceAccount;
  /** By position in `account.spans`. */
  readonly alterations: readonly (readonly Alteration[])[];
}

/**
 * One check: it watches every trace, log record and metric point pass by, once, then says its
 * verdict.
 */
export interface Watcher {
  /**
   * Gaps of the evidence that make its fail unknown; none where what was seen tells. Known when it
   * has finished.
   */
  readonly openedBy: readonly Gap[];
  trace?(trace: WatchedTrace): void;
  log?(log: LogAccount): void;
  /** A metric point. */
  point?(account: ItemAccount): void;
  /** Whether nothing that it asks for went this way: of several, another is to answer. */
  isOfNothing?(): boolean;
  finish(): CheckResult | Promise<CheckResult>;
}

export type { JudgeContext };

/** For a check that concludes from what was not seen: without the whole record it can't fail. */
export const concludesFromAbsence: readonly Gap[] = ['record', 'way', 'memory'];
/** For one that also hangs on how long things took: on a starved bench machine they take longer. */
export const concludesFromAbsenceInTime: readonly Gap[] = [...concludesFromAbsence, 'bench'];
/** For one that can fail whatever else is not recorded. */
export const concludesFromPresence: readonly Gap[] = [];

/**
 * What the policies say of the whole planned trace; without tail sampling every trace is to be kept
 * that no filter and no head sampler takes out whole.
 */
export function intentOf(context: JudgeContext, account: TraceAccount) {
  if (context.sampling) return account.intent?.outcome;
  return isFiltered(account) ? 'not-sampled' : 'sampled';
}

/** All that was sent of it in time was dropped as a processor is told to. */
export const isFiltered = ({ spans }: TraceAccount): boolean =>
  spans
    .filter(({ view }) => !view.item.late)
    .every(({ bucket, indeterminate }) => bucket.kind === 'filtered' && !indeterminate);

/** Nobody knows whether it was delivered: what is not known speaks for the pipeline. */
export const isOpenItem = ({ bucket, indeterminate, missing, unmodelled }: ItemAccount): boolean =>
  bucket.kind === 'unseen' || indeterminate || missing || unmodelled !== undefined;

/** When the block that carried an item was sent; undefined where it was not. */
export const sentMsOf = (account: ItemAccount): number | undefined =>
  account.view.block?.outcome?.sentMs;

export const exampleOf = ({ view }: ItemAccount, note?: string) => ({
  traceId: view.item.traceId,
  spanId: view.item.spanId,
  ...(note === undefined ? {} : { note }),
});

/** `pass` unless something was found; `unknown` where only evidence is missing. */
export const verdictOf = (failed: boolean, unknown: boolean): CheckResult['verdict'] =>
  failed ? 'fail' : unknown ? 'unknown' : 'pass';
