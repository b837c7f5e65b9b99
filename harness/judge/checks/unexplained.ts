import { formatCount } from '../../lib/units.ts';
import { createCollector } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { keepsPoints } from '../ledger/point.ts';
import {
  concludesFromAbsence,
  exampleOf,
  type JudgeContext,
  sentMsOf,
  verdictOf,
  type Watcher,
} from '../watch.ts';

const foreignWords = { traces: 'spans', logs: 'log records', metrics: 'metric points' } as const;

/** As many of the components that something hangs on are named. */
const namedComponents = 3;

/**
 * Always implied: no item without an explanation, and none that nobody planned. What hangs on a
 * rule that is not modelled is neither explained nor without explanation: unknown.
 */
export function createUnexplainedCheck(context: JudgeContext): Watcher {
  const collector = createCollector();
  const counts = { spans: 0, logs: 0, 'metric points': 0, missing: 0, open: 0, foreign: 0 };
  const unmodelled = { spans: 0, logs: 0, 'metric points': 0, components: new Set<string>() };
  const look = (account: ItemAccount, what: 'spans' | 'logs' | 'metric points'): void => {
    const { bucket } = account;
    if (account.unmodelled !== undefined) {
      unmodelled[what]++;
      unmodelled.components.add(account.unmodelled);
      collector.add({
        kind: 'not-modelled',
        hop: account.unmodelled.split('/')[0] ?? '',
        component: account.unmodelled,
        cause: what,
        example: exampleOf(account, bucket.kind),
        atMs: sentMsOf(account),
      });
      return;
    }
    if (bucket.kind !== 'unexplained') return;
    if (bucket.open) counts.open++;
    else if (account.missing) counts.missing++;
    else counts[what]++;
    collector.add({
      kind: bucket.open ?? (account.missing ? 'evidence-missing' : 'unexplained'),
      hop: bucket.hop,
      component: bucket.hop,
      cause: what,
      example: exampleOf(account, bucket.why),
      atMs: sentMsOf(account),
    });
  };
  return {
    openedBy: concludesFromAbsence,
    trace: ({ account }) => {
      for (const span of account.spans) look(span, 'spans');
    },
    log: ({ account }) => look(account, 'logs'),
    point: (account) => look(account, 'metric points'),
    finish: async () => {
      for (const item of await context.evidence.foreign()) {
        // A way that changes points makes of each one that nobody planned.
        if (item.signal === 'metrics' && !keepsPoints(context)) continue;
        counts.foreign++;
        const { recorders } = context.evidence;
        const name = recorders.find((r) => r.number === item.recorder)?.name ?? '';
        collector.add({
          kind: 'never-planned',
          hop: name,
          component: name,
          cause: foreignWords[item.signal],
          example: { traceId: item.traceId, spanId: item.spanId, note: `request ${item.request}` },
          atMs: context.evidence.request(item.recorder, item.request)?.atMs,
        });
      }
      const failed = counts.spans + counts.logs + counts['metric points'] + counts.foreign > 0;
      return {
        name: 'unexplained',
        subject: '',
        verdict: verdictOf(failed, counts.missing + counts.open + unmodelled.components.size > 0),
        expected: 'nothing without an explanation',
        observed: `${formatCount(counts.spans)} spans, ${formatCount(counts.logs)} log records, ${formatCount(counts['metric points'])} metric points, ${formatCount(counts.foreign)} never planned, ${formatCount(counts.missing)} for want of evidence${counts.open > 0 ? `, ${formatCount(counts.open)} still on their way` : ''}${describeUnmodelled(unmodelled)}`,
        findings: collector.findings(),
      };
    },
  };
}

function describeUnmodelled(unmodelled: {
  readonly spans: number;
  readonly logs: number;
  readonly 'metric points': number;
  readonly components: ReadonlySet<string>;
}): string {
  const { spans, logs, 'metric points': points, components } = unmodelled;
  if (components.size === 0) return '';
  const named = [...components].slice(0, namedComponents).join(', ');
  const more = components.size > namedComponents ? ', ...' : '';
  return `; ${formatCount(spans)} spans, ${formatCount(logs)} log records, ${formatCount(points)} metric points hang on what is not modelled: ${named}${more}`;
}
