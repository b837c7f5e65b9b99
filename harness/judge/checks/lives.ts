import type { Evidence } from '../../evidence/types.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import type { PodLife } from '../../stack/types.ts';
import { createCollector } from '../collect.ts';
import type { FindingKind } from '../findings.ts';
import { didHarm } from '../ledger/harms.ts';
import { receiptsOf } from '../ledger/incarnations.ts';
import { concludesFromPresence, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

type LivesExpectation = ExpectationOf<'restarts' | 'oomKilled'>;

const rules: Readonly<
  Record<
    LivesExpectation['check'],
    { kind: FindingKind; counts: (life: PodLife, receipts: Evidence['receipts']) => boolean }
  >
> = {
  // A container that ended before its pod: what Kubernetes counts as a restart.
  restarts: {
    kind: 'restarted',
    counts: (life, receipts) =>
      life.ending === 'unasked' ||
      (life.ending === 'fault' && life.signal === 'SIGKILL' && !wasDeleted(life, receipts)),
  },
  oomKilled: { kind: 'oom-killed', counts: (life) => life.oomKilled },
};

/** SIGKILL ended it as its grace was over: the whole pod was being made anew. */
const wasDeleted = (life: PodLife, receipts: Evidence['receipts']): boolean =>
  receiptsOf(life, receipts).some((receipt) => didHarm(receipt, 'deleted'));

/**
 * Containers that restarted, or that the kernel killed for want of memory, but for those expected.
 */
export function createLivesCheck(expectation: LivesExpectation, context: JudgeContext): Watcher {
  const { check, tier, count } = expectation;
  const { kind, counts } = rules[check];
  return {
    openedBy: concludesFromPresence,
    finish: () => {
      const collector = createCollector();
      const own = context.evidence.lives.filter(
        (life) =>
          (tier === undefined || life.tier === tier) &&
          context.pipeline.tiers.some((t) => t.name === life.tier),
      );
      const found = own.filter((life) => counts(life, context.evidence.receipts));
      for (const life of found) {
        collector.add({
          kind,
          hop: life.tier,
          component: life.pod,
          cause: `exit code ${life.exitCode}${life.signal ? `, ${life.signal}` : ''}`,
          atMs: life.endedMs,
        });
      }
      const failed = found.length > count;
      return {
        name: check,
        subject: tier ?? '',
        verdict: verdictOf(failed, own.length === 0 || found.length < count),
        expected: `${count}${tier ? ` of tier ${tier}` : ''}`,
        observed: String(found.length),
        findings: failed ? collector.findings() : [],
      };
    },
  };
}
