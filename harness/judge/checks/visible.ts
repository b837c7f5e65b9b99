import type { VisibilityProbe } from '../../evidence/types.ts';
import { formatMs, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector, findingsOf } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { waitsOf } from '../model/waits.ts';
import { intentOf, isFiltered, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';
import { type LateGround, type Lateness, type LateProbe, wayOf, whyLate } from './visible-late.ts';

type VisibleExpectation = Omit<ExpectationOf<'visible'>, 'at'>;

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
  const probeOf = new Map(asked.map((probe) => [probe.traceId, probe]));
  const notMeant = new Set<string>();
  const lost = new Set<string>();
  const ways = new Map<string, LateProbe>();
  const tiers = context.paths.traces.steps.map((step) => ({
    tier: step.tier.name,
    settingsMs: waitsOf({ signal: 'traces', steps: [step] }).reduce((ms, w) => ms + w.forMs, 0),
  }));
  return {
    openedBy: ['bench'],
    trace: ({ account }) => {
      const { traceId } = account.trace;
      const probe = probeOf.get(traceId);
      if (!probe) return;
      if (intentOf(context, account) !== 'sampled' || isFiltered(account)) notMeant.add(traceId);
      else if (account.spans.some(isLostForCertain)) lost.add(traceId);
      else if (whenVisible(probe, withinMs) === 'late') {
        ways.set(traceId, wayOf(account, tiers, probe));
      }
    },
    finish: () => {
      const late = createCollector();
      const open = createCollector();
      const probes = asked.filter(({ traceId }) => !notMeant.has(traceId) && !lost.has(traceId));
      const counts = { inTime: 0, late: 0, open: 0 };
      const tookMs = probes.map(({ sentMs, visibleMs = sentMs }) => visibleMs - sentMs);
      const ground = groundOf(context, probes, withinMs);
      for (const probe of probes) {
        const when = whenVisible(probe, withinMs);
        if (when === 'inTime') {
          counts.inTime++;
          continue;
        }
        const why = when === 'late' ? whyOf(probe, ways.get(probe.traceId), ground) : unasked;
        counts[why.open ? 'open' : 'late']++;
        (why.open ? open : late).add({
          kind: why.open ? 'evidence-missing' : 'visible-too-late',
          hop: 'load→query',
          component: why.component,
          why: why.why,
          cause: why.cause,
          fix: why.fix,
          example: { traceId: probe.traceId, note: noteOf(probe) },
          atMs: probe.sentMs,
          ...(why.open && when === 'late' ? { gap: 'bench' as const } : {}),
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
        observed: `${counts.inTime} of ${probes.length} probes in time${openText}${lostText}, the slowest after ${formatMs(Math.max(0, ...tookMs))}`,
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

const unasked: Lateness = {
  open: true,
  component: '',
  cause: 'not asked for often enough to tell when',
};

const noteOf = ({ sentMs, visibleMs }: VisibilityProbe): string =>
  visibleMs === undefined ? 'never seen' : `after ${formatMs(visibleMs - sentMs)}`;

/** What holds of all probes alike. */
function groundOf(
  context: JudgeContext,
  probes: readonly VisibilityProbe[],
  withinMs: number,
): Omit<LateGround, 'fault'> & { readonly receipts: JudgeContext['evidence']['receipts'] } {
  const unaskedMs = probes.map(
    ({ visibleMs, missedMs }) => (visibleMs ?? 0) - (missedMs ?? visibleMs ?? 0),
  );
  return {
    withinMs,
    waits: waitsOf(context.paths.traces),
    decisionWaitMs: context.sampling?.decisionWaitMs,
    unaskedMs: Math.max(0, ...unaskedMs),
    receipts: context.evidence.receipts ?? [],
  };
}

function whyOf(
  { sentMs, visibleMs = Number.POSITIVE_INFINITY }: VisibilityProbe,
  way: LateProbe = { stages: [], refusal: undefined },
  { receipts, ...ground }: ReturnType<typeof groundOf>,
): Lateness {
  const fault = receipts.find(
    ({ injectedMs, healedMs = Number.POSITIVE_INFINITY }) =>
      injectedMs < visibleMs && healedMs > sentMs,
  );
  return whyLate(way, { ...ground, fault: fault && `${fault.kind} of ${fault.target}` });
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
