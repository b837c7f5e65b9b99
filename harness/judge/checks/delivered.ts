import { formatCount, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector, type Entry } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { lastStation } from '../model/path.ts';
import {
  concludesFromAbsenceInTime,
  exampleOf,
  isOpenItem,
  type JudgeContext,
  sentMsOf,
  verdictOf,
  type Watcher,
} from '../watch.ts';

type Signal = 'logs' | 'metrics';
const words = { logs: 'log records', metrics: 'metric points' } as const;

/** Log records and metric points that came to their backends, of all that were sent. */
export function createDeliveredCheck(
  expectation: ExpectationOf<'delivered'>,
  { paths }: Pick<JudgeContext, 'paths'>,
): Watcher {
  const asked = { logs: expectation.logs, metrics: expectation.metricPoints };
  const collector = createCollector();
  const counts = {
    logs: { sent: 0, delivered: 0, open: 0 },
    metrics: { sent: 0, delivered: 0, open: 0 },
  };
  const look = (signal: Signal) => (account: ItemAccount) => {
    const { bucket } = account;
    if (bucket.kind === 'notOffered') return;
    const own = counts[signal];
    own.sent++;
    if (bucket.kind === 'delivered') own.delivered++;
    else if (isOpenItem(account)) own.open++;
    else {
      const example = exampleOf(account, bucket.kind);
      const end = lastStation(paths[signal]);
      collector.add({ ...entryOf(account, words[signal], end), example, atMs: sentMsOf(account) });
    }
  };
  const signals = (['logs', 'metrics'] as const).filter((signal) => asked[signal] !== undefined);
  const lookAtLogs = look('logs');
  return {
    openedBy: concludesFromAbsenceInTime.filter((gap) => gap !== 'memory'),
    ...(asked.logs === undefined ? {} : { log: ({ account }) => lookAtLogs(account) }),
    ...(asked.metrics === undefined ? {} : { point: look('metrics') }),
    finish: () => {
      // As a share: 55 % of 100 are 55.00000000000001.
      const isBelow = (signal: Signal, count: number): boolean =>
        count / counts[signal].sent < (asked[signal] ?? 0);
      const failed = signals.some((signal) =>
        isBelow(signal, counts[signal].delivered + counts[signal].open),
      );
      const maybe = signals.some(
        (signal) => counts[signal].sent === 0 || isBelow(signal, counts[signal].delivered),
      );
      const tell = (signal: Signal): string => {
        const { sent, delivered, open } = counts[signal];
        const rest = open > 0 ? `, ${formatCount(open)} open` : '';
        return `${formatCount(delivered)} of ${formatCount(sent)} ${words[signal]}${rest}`;
      };
      return {
        name: 'delivered',
        subject: signals.map((signal) => words[signal]).join(', '),
        verdict: verdictOf(failed, maybe),
        expected: signals
          .map((signal) => `${formatShare(asked[signal] ?? 0)} of the ${words[signal]}`)
          .join(', '),
        observed: signals.map(tell).join(', '),
        findings: failed || maybe ? collector.findings() : [],
      };
    },
  };
}

/** Why an item did not come. @param end what it was to come to */
function entryOf({ bucket }: ItemAccount, what: string, end: string): Entry {
  switch (bucket.kind) {
    case 'filtered':
      return {
        kind: 'dropped-by-filter',
        hop: bucket.processor.split('/')[0] ?? '',
        component: bucket.processor,
        cause: what,
      };
    case 'ended': {
      const hop = bucket.exporter.split('/')[0] ?? '';
      return { kind: 'ended-by-config', hop, component: bucket.exporter, cause: what };
    }
    case 'lost': {
      const { cause: kind, hop, component = hop, why, fix } = bucket;
      return { kind, hop, component, cause: what, why, fix };
    }
    case 'refused':
      return { kind: 'refused-at-entry', hop: 'load', component: 'load', cause: what };
    default:
      return { kind: 'unexplained', hop: end, component: end, cause: what };
  }
}
