import { formatCount, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import type { ItemAccount, TraceAccount } from '../ledger/account.ts';
import { whyGone } from '../ledger/difference.ts';
import { samplerWith } from '../ledger/sampler-loss.ts';
import {
  concludesFromAbsenceInTime,
  exampleOf,
  type JudgeContext,
  sentMsOf,
  verdictOf,
  type Watcher,
} from '../watch.ts';
import { leadsToUnknown } from './kept.ts';

type LateExpectation = ExpectationOf<'late'>;

/**
 * What became of spans that came after their trace's decision: joined, orphaned or lost. What is
 * gone for another reason than that decision, a full queue say, is that reason's finding.
 */
export function createLateCheck(expectation: LateExpectation, context: JudgeContext): Watcher {
  const collector = createCollector();
  const counts = { afterDecision: 0, ofKept: 0, joined: 0, orphaned: 0, open: 0 };
  const tier = context.paths.traces.steps[context.samplerStep]?.tier.name ?? '';
  const sampler = `${tier}/${context.sampling?.component.id ?? ''}`;
  // A cached decision outlives its trace; without a cache it lasts as long as the trace has room.
  const forgotten = (cache: 'sampled_cache_size' | 'non_sampled_cache_size') => {
    const { sampledCacheSize = 0, nonSampledCacheSize = 0 } = context.sampling ?? {};
    const size = cache === 'sampled_cache_size' ? sampledCacheSize : nonSampledCacheSize;
    return samplerWith(context, size > 0 ? `decision_cache.${cache}` : 'num_traces')?.why;
  };
  const look = (span: ItemAccount, account: TraceAccount): void => {
    const at = { example: exampleOf(span), atMs: sentMsOf(span) };
    const ofSampler = { ...at, hop: tier, component: sampler };
    if (span.bucket.kind === 'delivered') {
      if (account.kept) {
        counts.ofKept++;
        counts.joined++;
      } else if (!whyGone(context, account.spans.filter(isGoneOnTime), account)) {
        counts.orphaned++;
        const cause = 'kept without its trace';
        const why = forgotten('non_sampled_cache_size');
        collector.add({ ...ofSampler, kind: 'late-span-orphaned', cause, why });
      }
      return;
    }
    if (!account.kept) return;
    const why = whyGone(context, [span], account);
    if (why && leadsToUnknown.has(why.cause)) {
      counts.open++;
      return;
    }
    counts.ofKept++;
    if (!why || why.cause === 'not-sampled') {
      const cause = 'its trace was kept without it';
      const why = forgotten('sampled_cache_size');
      collector.add({ ...ofSampler, kind: 'late-span-lost', cause, why });
    } else {
      const { cause: kind, hop, component, detail, why: because, fix } = why;
      const example = exampleOf(span, detail);
      collector.add({
        ...at,
        kind,
        hop,
        component,
        cause: 'late spans',
        why: because,
        fix,
        example,
      });
    }
  };
  return {
    openedBy: concludesFromAbsenceInTime,
    trace: ({ account }) => {
      const lateAt = new Set(account.stays.flatMap((stay) => [...stay.late]));
      for (const span of account.spans) {
        if (!span.view.item.late) continue;
        if (lateAt.has(span.view.item.item)) counts.afterDecision++;
        look(span, account);
      }
    },
    finish: () => {
      const share = counts.ofKept === 0 ? 1 : counts.joined / counts.ofKept;
      const failed = share < expectation.joinedShare || counts.orphaned > expectation.orphaned;
      // Late spans that came before the decision prove nothing.
      const vacuous = counts.afterDecision === 0 || counts.ofKept === 0;
      const open = counts.open > 0 ? `, ${formatCount(counts.open)} open` : '';
      return {
        name: 'late',
        subject: '',
        verdict: verdictOf(failed, vacuous || counts.open > 0),
        expected: `${formatShare(expectation.joinedShare)} of late spans join their kept traces, ${expectation.orphaned} orphans`,
        observed: `${formatCount(counts.joined)} of ${formatCount(counts.ofKept)} joined, ${formatCount(counts.orphaned)} orphaned${open}; ${formatCount(counts.afterDecision)} came after the decision`,
        findings: failed ? collector.findings() : [],
      };
    },
  };
}

/** Sent in time, and not at the backend. */
const isGoneOnTime = ({ view, bucket }: ItemAccount): boolean =>
  !view.item.late && bucket.kind !== 'delivered';
