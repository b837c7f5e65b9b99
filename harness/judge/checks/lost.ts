import { formatCount, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { furthestStep } from '../ledger/bucket.ts';
import {
  concludesFromAbsenceInTime,
  exampleOf,
  type JudgeContext,
  sentMsOf,
  verdictOf,
  type Watcher,
} from '../watch.ts';
import { createExcepted } from './ceiling.ts';

type LostExpectation = Omit<ExpectationOf<'lost'>, 'at' | 'signals'>;

/**
 * Spans, log records and metric points that a process took and that never reached the backend. What
 * never came to the sampler was lost whatever that held when.
 */
export function createLostCheck(
  expectation: LostExpectation,
  context: Pick<JudgeContext, 'memoryDoubts' | 'samplerStep' | 'sampling'>,
): Watcher {
  const { spans, logs, metricPoints, except, atMost } = expectation;
  const collector = createCollector();
  const counts = { spans: 0, logs: 0, 'metric points': 0, hanging: 0 };
  const totals = { spans: 0, logs: 0, 'metric points': 0 };
  const excepted = {
    spans: createExcepted(atMost),
    logs: createExcepted(atMost),
    'metric points': createExcepted(atMost),
  };
  const asksForSpans = spans !== undefined;
  const look = (account: ItemAccount, what: keyof typeof totals): void => {
    const { bucket } = account;
    totals[what]++;
    if (bucket.kind !== 'lost' || (what === 'spans' && !asksForSpans)) return;
    const entry = {
      kind: bucket.cause,
      hop: bucket.hop,
      component: bucket.component ?? bucket.hop,
      cause: what === 'spans' ? `spans${blockedBy(account, context)}` : what,
      why: bucket.why,
      fix: bucket.fix,
      example: exampleOf(account, bucket.detail),
      atMs: sentMsOf(account),
    };
    if ((except as readonly string[]).includes(bucket.cause)) {
      excepted[what].take(`${what} ${bucket.cause}`, entry);
      return;
    }
    const isOfSampler = what !== 'metric points' && cameToSampler(account, context);
    if (context.memoryDoubts.length > 0 && isOfSampler) counts.hanging++;
    else counts[what]++;
    collector.add(entry);
  };
  return {
    openedBy: concludesFromAbsenceInTime.filter((gap) => gap !== 'memory'),
    trace: ({ account }) => {
      for (const span of account.spans) look(span, 'spans');
    },
    log: ({ account }) => look(account, 'logs'),
    ...(metricPoints === undefined
      ? {}
      : { point: (account: ItemAccount) => look(account, 'metric points') }),
    finish: () => {
      const kinds = ['spans', 'logs', 'metric points'] as const;
      const beyond = kinds.flatMap((what) => excepted[what].beyond(totals[what]));
      const tooMany =
        counts.spans > (spans ?? 0) ||
        counts.logs > logs ||
        counts['metric points'] > (metricPoints ?? 0);
      const maybe = asksForSpans && counts.spans + counts.hanging > (spans ?? 0);
      const hanging = counts.hanging > 0 ? `, ${formatCount(counts.hanging)} open` : '';
      const notes = kinds
        .map((what) => excepted[what].note)
        .join('')
        .replace(/^, /, ', excepted: ');
      return {
        name: 'lost',
        subject: asksForSpans ? '' : 'logs',
        verdict: verdictOf(tooMany || beyond.length > 0, maybe),
        expected: `at most ${asksForSpans ? `${spans} spans and ` : ''}${logs} log records${metricPoints === undefined ? '' : ` and ${metricPoints} metric points`}${exceptText(expectation)}`,
        observed: `${asksForSpans ? `${formatCount(counts.spans)} spans, ` : ''}${formatCount(counts.logs)} log records${metricPoints === undefined ? '' : `, ${formatCount(counts['metric points'])} metric points`}${hanging}${notes}`,
        findings: [...(tooMany || maybe ? collector.findings() : []), ...beyond],
      };
    },
  };
}

const exceptText = ({ except, atMost }: LostExpectation): string =>
  except.length === 0
    ? ''
    : ` but for ${except.join(', ')}${atMost === undefined ? '' : `, ${formatShare(atMost)} at most`}`;

/** The sampler took it: what became of it hangs on what that held. */
const cameToSampler = (
  { view }: ItemAccount,
  { samplerStep }: Pick<JudgeContext, 'samplerStep'>,
): boolean => samplerStep >= 0 && furthestStep(view) >= samplerStep;

/** Given up in front of a sampler that waits for room, and answered by nobody in time. */
function blockedBy(
  { bucket, view }: ItemAccount,
  { memoryDoubts, sampling, samplerStep }: Parameters<typeof createLostCheck>[1],
): string {
  const waits = memoryDoubts.length > 0 && sampling?.blockOnOverflow === true;
  const dropped = bucket.kind === 'lost' && bucket.cause === 'dropped-by-exporter';
  if (!waits || !dropped || furthestStep(view) !== samplerStep - 1) return '';
  const most = formatCount(sampling.numTraces);
  return /deadline/i.test(bucket.detail)
    ? `: the next tier waits for room (num_traces: ${most}, block_on_overflow)`
    : '';
}
