import { formatCount, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import {
  concludesFromAbsenceInTime,
  exampleOf,
  sentMsOf,
  verdictOf,
  type Watcher,
} from '../watch.ts';
import { createExcepted } from './ceiling.ts';

type LostExpectation = ExpectationOf<'lost'>;

/** Spans and log records that a process took and that never reached the backend. */
export function createLostCheck(expectation: LostExpectation): Watcher {
  const { spans, logs, except, atMost } = expectation;
  const collector = createCollector();
  const counts = { spans: 0, logs: 0 };
  const totals = { spans: 0, logs: 0 };
  const excepted = { spans: createExcepted(atMost), logs: createExcepted(atMost) };
  const asksForSpans = spans !== undefined;
  const look = (account: ItemAccount, what: 'spans' | 'logs'): void => {
    const { bucket } = account;
    totals[what]++;
    if (bucket.kind !== 'lost' || (what === 'spans' && !asksForSpans)) return;
    const entry = {
      kind: bucket.cause,
      hop: bucket.hop,
      component: bucket.component ?? bucket.hop,
      cause: what,
      example: exampleOf(account, bucket.detail),
      atMs: sentMsOf(account),
    };
    if ((except as readonly string[]).includes(bucket.cause)) {
      excepted[what].take(`${what} ${bucket.cause}`, entry);
      return;
    }
    counts[what]++;
    collector.add(entry);
  };
  return {
    openedBy: concludesFromAbsenceInTime,
    trace: ({ account }) => {
      for (const span of account.spans) look(span, 'spans');
    },
    log: ({ account }) => look(account, 'logs'),
    finish: () => {
      const beyond = [...excepted.spans.beyond(totals.spans), ...excepted.logs.beyond(totals.logs)];
      const tooMany = counts.spans > (spans ?? 0) || counts.logs > logs;
      const notes = `${excepted.spans.note}${excepted.logs.note}`.replace(/^, /, ', excepted: ');
      return {
        name: 'lost',
        subject: asksForSpans ? '' : 'logs',
        verdict: verdictOf(tooMany || beyond.length > 0, false),
        expected: `at most ${asksForSpans ? `${spans} spans and ` : ''}${logs} log records${exceptText(expectation)}`,
        observed: `${asksForSpans ? `${formatCount(counts.spans)} spans, ` : ''}${formatCount(counts.logs)} log records${notes}`,
        findings: [...(tooMany ? collector.findings() : []), ...beyond],
      };
    },
  };
}

const exceptText = ({ except, atMost }: LostExpectation): string =>
  except.length === 0
    ? ''
    : ` but for ${except.join(', ')}${atMost === undefined ? '' : `, ${formatShare(atMost)} at most`}`;
