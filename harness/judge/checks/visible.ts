import { formatMs, formatShare } from '../../lib/units.ts';
import type { Expectation } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import { type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

type VisibleExpectation = Extract<Expectation, { check: 'visible' }>;

/** Sent until it can be queried by id in the real backend. */
export function createVisibleCheck(
  { share, withinMs }: VisibleExpectation,
  context: JudgeContext,
): Watcher {
  return {
    finish: () => {
      const collector = createCollector();
      const probes = context.evidence.answers?.visibility ?? [];
      let inTime = 0;
      let slowestMs = 0;
      for (const { traceId, sentMs, visibleMs } of probes) {
        const tookMs = visibleMs === undefined ? undefined : visibleMs - sentMs;
        if (tookMs !== undefined) slowestMs = Math.max(slowestMs, tookMs);
        if (tookMs !== undefined && tookMs <= withinMs) {
          inTime++;
          continue;
        }
        const waitMs = context.sampling?.decisionWaitMs;
        collector.add({
          kind: 'visible-too-late',
          hop: 'load→query',
          component: context.sampling?.component.id ?? '',
          cause: waitMs === undefined ? 'slow' : `decision_wait is ${formatMs(waitMs)}`,
          example: {
            traceId,
            note: tookMs === undefined ? 'never seen' : `after ${formatMs(tookMs)}`,
          },
          atMs: sentMs,
        });
      }
      const failed = probes.length > 0 && inTime / probes.length < share;
      return {
        name: 'visible',
        subject: '',
        verdict: verdictOf(failed, probes.length === 0),
        expected: `${formatShare(share)} within ${formatMs(withinMs)}`,
        observed: `${inTime} of ${probes.length} probes in time, the slowest after ${formatMs(slowestMs)}`,
        findings: failed ? collector.findings() : [],
      };
    },
  };
}
