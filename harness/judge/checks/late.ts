import { formatCount, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import { exampleOf, type JudgeContext, sentMsOf, verdictOf, type Watcher } from '../watch.ts';

type LateExpectation = ExpectationOf<'late'>;

/** What became of spans that came after their trace's decision: joined, orphaned or lost. */
export function createLateCheck(expectation: LateExpectation, context: JudgeContext): Watcher {
  const collector = createCollector();
  const counts = { afterDecision: 0, ofKept: 0, joined: 0, orphaned: 0 };
  const tier = context.paths.traces.steps[context.samplerStep]?.tier.name ?? '';
  return {
    trace: ({ account }) => {
      const lateAt = new Set(account.stays.flatMap((stay) => [...stay.late]));
      for (const span of account.spans) {
        if (!span.view.item.late) continue;
        if (lateAt.has(span.view.item.item)) counts.afterDecision++;
        const delivered = span.bucket.kind === 'delivered';
        if (account.kept) {
          counts.ofKept++;
          if (delivered) counts.joined++;
        } else if (delivered) counts.orphaned++;
        if (account.kept === delivered) continue;
        collector.add({
          kind: delivered ? 'late-span-orphaned' : 'late-span-lost',
          hop: tier,
          component: `${tier}/${context.sampling?.component.id ?? ''}`,
          cause: delivered ? 'kept without its trace' : 'its trace was kept without it',
          example: exampleOf(span),
          atMs: sentMsOf(span),
        });
      }
    },
    finish: () => {
      const share = counts.ofKept === 0 ? 1 : counts.joined / counts.ofKept;
      const failed = share < expectation.joinedShare || counts.orphaned > expectation.orphaned;
      // Late spans that came before the decision prove nothing.
      const vacuous = counts.afterDecision === 0 || counts.ofKept === 0;
      return {
        name: 'late',
        subject: '',
        verdict: verdictOf(failed, vacuous),
        expected: `${formatShare(expectation.joinedShare)} of late spans join their kept traces, ${expectation.orphaned} orphans`,
        observed: `${formatCount(counts.joined)} of ${formatCount(counts.ofKept)} joined, ${formatCount(counts.orphaned)} orphaned; ${formatCount(counts.afterDecision)} came after the decision`,
        findings: failed ? collector.findings() : [],
      };
    },
  };
}
