import { formatCount } from '../../lib/units.ts';
import { createCollector } from '../collect.ts';
import type { ItemAccount } from '../ledger/bucket.ts';
import { exampleOf, type JudgeContext, sentMsOf, verdictOf, type Watcher } from '../watch.ts';

/** Always implied: no item without an explanation, and none that nobody planned. */
export function createUnexplainedCheck(context: JudgeContext): Watcher {
  const collector = createCollector();
  const counts = { spans: 0, logs: 0, missing: 0, foreign: 0 };
  const look = (account: ItemAccount, what: 'spans' | 'logs'): void => {
    const { bucket } = account;
    if (bucket.kind !== 'unexplained') return;
    if (account.missing) counts.missing++;
    else counts[what]++;
    collector.add({
      kind: account.missing ? 'evidence-missing' : 'unexplained',
      hop: bucket.hop,
      component: bucket.hop,
      cause: what,
      example: exampleOf(account, bucket.why),
      atMs: sentMsOf(account),
    });
  };
  return {
    trace: ({ account }) => {
      for (const span of account.spans) look(span, 'spans');
    },
    log: ({ account }) => look(account, 'logs'),
    finish: async () => {
      for (const item of await context.evidence.foreign()) {
        counts.foreign++;
        const { name = '' } = context.evidence.recorders[item.recorder] ?? {};
        collector.add({
          kind: 'never-planned',
          hop: name,
          component: name,
          cause: item.signal === 'traces' ? 'spans' : 'log records',
          example: { traceId: item.traceId, spanId: item.spanId, note: `request ${item.request}` },
          atMs: context.evidence.request(item.recorder, item.request)?.atMs,
        });
      }
      const failed = counts.spans + counts.logs + counts.foreign > 0;
      return {
        name: 'unexplained',
        subject: '',
        verdict: verdictOf(failed, counts.missing > 0),
        expected: 'nothing without an explanation',
        observed: `${formatCount(counts.spans)} spans, ${formatCount(counts.logs)} log records, ${formatCount(counts.foreign)} never planned, ${formatCount(counts.missing)} for want of evidence`,
        findings: collector.findings(),
      };
    },
  };
}
