import type { ItemEvidence } from '../../evidence/types.ts';
import type { ItemAccount } from './account.ts';
import { accountItem } from './bucket.ts';
import type { JudgeContext } from './context.ts';
import { filterFacts } from './reader.ts';
import { viewItem } from './sightings.ts';

/**
 * Where one metric point ended, accounted as a log record is. What a record can't show, or a way
 * that is not understood, leaves open what became of it: no pipeline is accused for that.
 */
export function accountPoint(context: JudgeContext, item: ItemEvidence): ItemAccount {
  const path = context.paths.metrics;
  const view = viewItem(context, path, 'metrics', item);
  const account = accountItem(
    context,
    path,
    view,
    filterFacts(context, item, 'metrics'),
    undefined,
  );
  const { kind } = account.bucket;
  if (kind === 'delivered' || kind === 'refused' || kind === 'notOffered' || kind === 'unseen') {
    return account;
  }
  const hop = unclearHop(context);
  if (hop !== undefined) return asUnmodelled(account, hop);
  return isUnread(context) ? asMissing(account) : account;
}

/** A tier through which metrics have several ways, or one that nobody can follow. */
export function unclearHop({ paths: { metrics } }: JudgeContext): string | undefined {
  const { unclear, backends, ends, steps } = metrics;
  if (unclear.length > 0) return unclear[0]?.hop;
  return backends.length + ends.length === 0 ? steps.at(-1)?.tier.name : undefined;
}

/** Some of what was recorded on the way can't be read, or nothing was recorded at its end. */
function isUnread({ evidence, paths, backendRecorders }: JudgeContext): boolean {
  const { metrics } = backendRecorders;
  if (paths.metrics.backends.length > 0 && metrics.size === 0) return true;
  return evidence.recorders.some(({ unreadPoints = [] }) => unreadPoints.length > 0);
}

/** What is said of another way than its own, a loss above all, is not said of it. */
function asUnmodelled(account: ItemAccount, hop: string): ItemAccount {
  const why = 'the way of metrics through this tier is not modelled';
  const bucket = { kind: 'unexplained', hop, why } as const;
  return { ...account, bucket, unmodelled: hop, indeterminate: true };
}

function asMissing(account: ItemAccount): ItemAccount {
  const { bucket } = account;
  if (bucket.kind === 'filtered' || bucket.kind === 'ended') return account;
  const why = 'not seen, and some requests of metrics can’t be read';
  const hop = 'hop' in bucket ? bucket.hop : '';
  return { ...account, bucket: { kind: 'unexplained', hop, why }, missing: true };
}

/** Nothing on the way of metrics changes a point in a way that is not modelled. */
export const keepsPoints = (context: JudgeContext): boolean =>
  unclearHop(context) === undefined &&
  context.paths.metrics.steps.every(({ droppers }) =>
    droppers.every(({ component }) => component.type === 'filter'),
  );
