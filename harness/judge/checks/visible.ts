import type { VisibilityProbe } from '../../evidence/types.ts';
import { formatMs, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector, findingsOf } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { longestWait } from '../model/waits.ts';
import { intentOf, isFiltered, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

type VisibleExpectation = ExpectationOf<'visible'>;

/**
 * Sent until it can be queried by id in the real backend. What was asked for in vain before the
 * limit and found behind it, as on a machine that has no time to ask, may have been in time.
 * Traces that are not to arrive at all, or that lost a span on the way, do not count: that they can
 * not be queried whole is the finding of who lost it.
 */
export function createVisibleCheck(
  { share, withinMs }: VisibleExpectation,
  context: JudgeContext,
): Watcher {
  const asked = context.evidence.answers?.visibility ?? [];
  const ids = new Set(asked.map(({ traceId }) => traceId));
  const notMeant = new Set<string>();
  const lost = new Set<string>();
  return {
    openedBy: ['bench'],
    trace: ({ account }) => {
      const { traceId } = account.trace;
      if (!ids.has(traceId)) return;
      if (intentOf(context, account) !== 'sampled' || isFiltered(account)) notMeant.add(traceId);
      else if (account.spans.some(isLostForCertain)) lost.add(traceId);
    },
    finish: () => {
      const late = createCollector();
      const open = createCollector();
      const probes = asked.filter(({ traceId }) => !notMeant.has(traceId) && !lost.has(traceId));
      const counts = { inTime: 0, late: 0, open: 0 };
      let slowestMs = 0;
      const slowest = longestWait(context.paths.traces);
      const waitMs = context.sampling?.decisionWaitMs;
      const slow = waitMs === undefined ? 'slow' : `decision_wait is ${formatMs(waitMs)}`;
      for (const probe of probes) {
        const { traceId, sentMs, visibleMs } = probe;
        const tookMs = visibleMs === undefined ? undefined : visibleMs - sentMs;
        slowestMs = Math.max(slowestMs, tookMs ?? 0);
        const when = whenVisible(probe, withinMs);
        counts[when]++;
        if (when === 'inTime') continue;
        (when === 'open' ? open : late).add({
          kind: when === 'open' ? 'evidence-missing' : 'visible-too-late',
          hop: 'load→query',
          component: slowest?.component ?? '',
          why: when === 'open' ? undefined : slowest?.why,
          cause: when === 'open' ? 'not asked for often enough to tell when' : slow,
          example: {
            traceId,
            note: tookMs === undefined ? 'never seen' : `after ${formatMs(tookMs)}`,
          },
          atMs: sentMs,
        });
      }
      const failed = probes.length > 0 && (counts.inTime + counts.open) / probes.length < share;
      const unknown = probes.length === 0 || counts.inTime / probes.length < share;
      const lostText = lost.size > 0 ? `, ${lost.size} lost on the way` : '';
      const openText = counts.open > 0 ? `, ${counts.open} open` : '';
      return {
        name: 'visible',
        subject: '',
        verdict: verdictOf(failed, unknown),
        expected: `${formatShare(share)} within ${formatMs(withinMs)}`,
        observed: `${counts.inTime} of ${probes.length} probes in time${openText}${lostText}, the slowest after ${formatMs(slowestMs)}`,
        // Where enough were late for certain, those that are open change nothing.
        findings: failed
          ? late.findings()
          : unknown
            ? [...late.findings(), ...open.findings(), ...nothingToAsk(asked.length, lost.size)]
            : [],
      };
    },
  };
}

const isLostForCertain = ({ bucket, indeterminate, view }: ItemAccount): boolean =>
  !view.item.late && !indeterminate && (bucket.kind === 'lost' || bucket.kind === 'refused');

function whenVisible(
  { sentMs, visibleMs, missedMs }: VisibilityProbe,
  withinMs: number,
): 'inTime' | 'late' | 'open' {
  const limitMs = sentMs + withinMs;
  if (visibleMs !== undefined && visibleMs <= limitMs) return 'inTime';
  return missedMs !== undefined && missedMs > limitMs ? 'late' : 'open';
}

/** Why no probe is left that could tell how soon traces can be queried. */
function nothingToAsk(asked: number, lost: number) {
  const cause =
    asked === 0
      ? 'no trace was asked for'
      : lost === asked
        ? 'every trace that was asked for lost a span on the way: see what was lost'
        : undefined;
  return cause === undefined
    ? []
    : findingsOf({ kind: 'evidence-missing', hop: 'load→query', cause });
}
