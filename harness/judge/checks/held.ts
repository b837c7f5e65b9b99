import { formatCount } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import { concludesFromPresence, verdictOf, type Watcher } from '../watch.ts';

type HeldExpectation = ExpectationOf<'held'>;

/** A kill that took too little with it proves too little: unknown, never pass. */
export function createHeldCheck({ atLeast }: HeldExpectation): Watcher {
  const collector = createCollector();
  let held = 0;
  return {
    openedBy: concludesFromPresence,
    trace: ({ account }) => {
      for (const span of account.spans) {
        if (span.bucket.kind === 'lost' && span.bucket.cause === 'held-by-killed') held++;
      }
    },
    finish: () => {
      const bit = held >= atLeast;
      if (!bit) {
        collector.add({
          kind: 'fault-did-not-bite',
          hop: '',
          cause: `${held} spans held by the killed process, ${atLeast} are needed`,
        });
      }
      return {
        name: 'held',
        subject: '',
        verdict: verdictOf(false, !bit),
        expected: `at least ${formatCount(atLeast)} spans held by the killed process`,
        observed: `${formatCount(held)} spans`,
        findings: collector.findings(),
      };
    },
  };
}
