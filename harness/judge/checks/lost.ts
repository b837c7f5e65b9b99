import { formatCount } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { concludesFromAbsence, exampleOf, sentMsOf, verdictOf, type Watcher } from '../watch.ts';

type LostExpectation = ExpectationOf<'lost'>;

/** Spans and log records that a process took and that never reached the backend. */
export function createLostCheck({ spans, logs, except }: LostExpectation): Watcher {
  const collector = createCollector();
  const counts = { spans: 0, logs: 0 };
  const excepted = new Map<string, number>();
  const asksForSpans = spans !== undefined;
  const look = (account: ItemAccount, what: 'spans' | 'logs'): void => {
    const { bucket } = account;
    if (bucket.kind !== 'lost' || (what === 'spans' && !asksForSpans)) return;
    if ((except as readonly string[]).includes(bucket.cause)) {
      const key = `${what} ${bucket.cause}`;
      excepted.set(key, (excepted.get(key) ?? 0) + 1);
      return;
    }
    counts[what]++;
    collector.add({
      kind: bucket.cause,
      hop: bucket.hop,
      component: bucket.component ?? bucket.hop,
      cause: what,
      example: exampleOf(account, bucket.detail),
      atMs: sentMsOf(account),
    });
  };
  return {
    openedBy: concludesFromAbsence,
    trace: ({ account }) => {
      for (const span of account.spans) look(span, 'spans');
    },
    log: ({ account }) => look(account, 'logs'),
    finish: () => {
      const failed = counts.spans > (spans ?? 0) || counts.logs > logs;
      const notes = [...excepted]
        .map(([key, n]) => `, excepted: ${formatCount(n)} ${key}`)
        .join('');
      return {
        name: 'lost',
        subject: asksForSpans ? '' : 'logs',
        verdict: verdictOf(failed, false),
        expected: `at most ${asksForSpans ? `${spans} spans and ` : ''}${logs} log records${except.length > 0 ? ` but for ${except.join(', ')}` : ''}`,
        observed: `${asksForSpans ? `${formatCount(counts.spans)} spans, ` : ''}${formatCount(counts.logs)} log records${notes}`,
        findings: failed ? collector.findings() : [],
      };
    },
  };
}
