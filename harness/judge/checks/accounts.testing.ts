import type { Bucket, ItemAccount, TraceAccount } from '../ledger/account.ts';
import type { CheckResult } from '../types.ts';
import type { LogAccount, WatchedTrace, Watcher } from '../watch.ts';

/** Accounts by hand, with no more in them than a check reads. */

let items = 0;
let traces = 0;

/** A span or log record; the first of two tiers took it in unless it was refused. */
export function itemOf(kind: Bucket['kind'], over: Partial<ItemAccount> = {}): ItemAccount {
  const item = items++;
  const ok = { kind: 'ok' };
  const view = {
    item: { item, traceId: '', spanId: `${item}`, late: false, sightings: [] },
    block: undefined,
    arrivals: kind === 'refused' || kind === 'unseen' ? [[], []] : [[ok], []],
    deliveries: kind === 'delivered' ? [ok] : [],
  };
  const account = { view, bucket: { kind }, indeterminate: false, missing: false, ...over };
  return account as unknown as ItemAccount;
}

export function traceOf(
  spans: readonly ItemAccount[],
  over: { readonly [K in keyof TraceAccount]?: unknown } = {},
): WatchedTrace {
  const account = {
    trace: { traceId: `t${traces++}`, className: 'error' },
    stays: [],
    wrong: [],
    spans,
  };
  return {
    account: { ...account, ...over } as unknown as TraceAccount,
    alterations: spans.map(() => []),
  };
}

export const logOf = (account: ItemAccount): LogAccount => ({ account, alterations: [] });

/** What a check says of traces, log records and metric points that pass it by. */
export async function judged(
  check: Watcher,
  traces: readonly WatchedTrace[],
  logs: readonly LogAccount[] = [],
  points: readonly ItemAccount[] = [],
): Promise<CheckResult> {
  for (const trace of traces) check.trace?.(trace);
  for (const log of logs) check.log?.(log);
  for (const point of points) check.point?.(point);
  return check.finish();
}
