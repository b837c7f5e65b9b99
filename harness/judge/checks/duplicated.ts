import { formatCount } from '../../lib/units.ts';
import { spreadBy } from '../../pipeline/spread.ts';
import type { Component, Signal } from '../../pipeline/types.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import type { Arrival } from '../ledger/arrival.ts';
import { type ReadAgain, readAgain } from '../ledger/read-again.ts';
import { scrapedTwice } from '../ledger/scraped-twice.ts';
import { sendersTo } from '../model/exporters.ts';
import { hopName } from '../model/path.ts';
import { at, tellSetting } from '../model/settings.ts';
import type { Gap } from '../types.ts';
import {
  concludesFromPresence,
  exampleOf,
  type JudgeContext,
  sentMsOf,
  verdictOf,
  type Watcher,
} from '../watch.ts';
import { createExcepted } from './ceiling.ts';

type DuplicatedExpectation = Omit<ExpectationOf<'duplicated'>, 'at' | 'signals'>;

/** Also of what its sender did not wait for counts what became of it. */
const wasTaken = ({ kind, takenMs }: Arrival): boolean => kind === 'ok' || takenMs !== undefined;

const never: ReturnType<typeof duplicatesOf> = [];

/** Hops at which an item was taken more than once. A refused request and its retry are one. */
export function duplicatesOf(
  context: JudgeContext,
  { view }: ItemAccount,
  signal: 'traces' | 'logs',
): readonly { hop: string; step: number; times: number }[] {
  const path = context.paths[signal];
  // Nearly all come once.
  if (view.deliveries.length < 2 && view.arrivals.every(({ length }) => length < 2)) return never;
  return [...view.arrivals, view.deliveries].flatMap((arrivals, step) => {
    const own = arrivals.filter(wasTaken);
    if (own.length < 2) return [];
    // Each of several backends is to take it once.
    const byBackend = Map.groupBy(own, ({ backend }) => backend);
    const times = Math.max(...[...byBackend.values()].map(({ length }) => length));
    return times > 1 ? [{ hop: hopName(path, step), step, times }] : [];
  });
}

/** So long the recorder hands on what a process answered before it was gone (`tap/grpc.ts`). */
const answerHandedOnWithinMs = 1_000;

/**
 * A request that carried it broke off, with no answer or with one that the sender did not get, and
 * was sent again: it may have been taken.
 */
const brokeOff = ({ view }: ItemAccount): boolean =>
  [...view.arrivals, view.deliveries].some((arrivals) =>
    arrivals.some(
      (a) => a.unheard || (a.kind === 'maybe' && !a.missing) || isOvertaken(a, arrivals),
    ),
  );

/**
 * Answered just before its process was killed, and sent again once that was gone: a sender that was
 * given an OK sends nothing again, so the connection broke before it had read this one. Seen on a
 * starved machine, where an agent's log said `connection reset by peer` of six answered calls.
 */
function isOvertaken({ kind, incarnation, toMs }: Arrival, all: readonly Arrival[]): boolean {
  const endedMs = incarnation?.life.endedMs;
  if (kind !== 'ok' || incarnation?.ending !== 'killed' || endedMs === undefined) return false;
  return endedMs - toMs <= answerHandedOnWithinMs && all.some(({ fromMs }) => fromMs >= endedMs);
}

interface Doubler {
  readonly component?: string;
  readonly why?: string;
  /** It sends twice whatever the machine does. */
  readonly isCertain?: boolean;
}

/**
 * Who sent it twice: of several exporters that lead to the same place those behind the first; the
 * only one, where it was sent again.
 */
function doubler({ paths }: JudgeContext, signal: 'traces' | 'logs', step: number): Doubler {
  const { steps, backends } = paths[signal];
  const sender = steps[step - 1]?.tier;
  const next = steps[step]?.tier.name;
  const targets = next === undefined ? backends.map((backend) => ({ backend })) : [{ tier: next }];
  const senders = targets
    .map((to) => [...new Set(sendersTo(sender, signal, to).map(({ exporter }) => exporter))])
    .find(({ length }, _, all) => length > 1 || all.length === 1);
  const [first, second] = senders ?? [];
  if (!sender || !first) return {};
  if (!second) return { component: `${sender.name}/${first.id}`, ...sentToEach(signal, first) };
  const to = next ?? hopName(paths[signal], step).split('→')[1];
  return {
    component: `${sender.name}/${second.id}`,
    why: `${senders?.map(({ id }) => id).join(' and ')} both send ${signal} to ${to} (${at(second.place)})`,
    isCertain: true,
  };
}

/**
 * Of a request, all spans of a trace go to the pod of each service among them where a load balancer
 * goes by services (loadbalancingexporter v0.152.0, trace_exporter.go, ConsumeTraces). Whether this
 * request held several is not looked at.
 */
function sentToEach(signal: Signal, exporter: Component): { readonly why?: string } {
  const by = spreadBy({ signal, exporter, loadBalancing: exporter.type === 'loadbalancing' });
  if (signal !== 'traces' || by === undefined || by === 'trace id') return {};
  const key = tellSetting(exporter, 'routing_key', 'traceID');
  return { why: `${key}: what a request has of a trace goes whole to the pod of each` };
}

/** Items that were taken more than once at some hop. */
export function createDuplicatedCheck(
  expectation: DuplicatedExpectation,
  context: JudgeContext,
): Watcher {
  const collector = createCollector();
  const counts = { traces: 0, logs: 0, points: 0 };
  const asksForPoints = expectation.metricPoints !== undefined;
  const twice = asksForPoints ? scrapedTwice(context) : undefined;
  const excepted = createExcepted(expectation.atMost);
  let total = 0;
  let byConfig = 0;
  const look = (account: ItemAccount, signal: 'traces' | 'logs'): void => {
    total++;
    const duplicates = duplicatesOf(context, account, signal);
    // Behind the hop that doubled it, it comes twice for that reason.
    const [first] = duplicates;
    if (!first) return;
    const path = context.paths[signal];
    const isAtBackend = first.hop === hopName(path, path.steps.length);
    const overrun = isAtBackend && context.deadlines.overrun(path, account.view.deliveries);
    const { isCertain, ...sender }: Doubler = doubler(context, signal, first.step);
    const again = first.step === 1 ? readAgain(context, path, account.view) : undefined;
    const { isSinceKept, ...reader }: Partial<ReadAgain> = again ?? {};
    const entry = {
      kind: overrun ? ('timeout-too-short' as const) : ('duplicated' as const),
      hop: first.hop,
      component: first.hop,
      ...(overrun || (again ? reader : sender)),
      cause: signal === 'traces' ? 'spans' : 'log records',
      example: exampleOf(account, `taken ${first.times} times`),
      atMs: sentMsOf(account),
    };
    const reason = expectation.except.find((name) =>
      name === 'read-again' ? isSinceKept === true : !overrun && brokeOff(account),
    );
    if (reason) {
      excepted.take(reason, entry);
      return;
    }
    counts[signal]++;
    if (!overrun && (again ? reader.why !== undefined : isCertain)) byConfig++;
    collector.add(entry);
  };
  const lookAtPoint = (account: ItemAccount, twice: ReturnType<typeof scrapedTwice>): void => {
    const found = twice.get(account.view.item.block);
    if (!found) return;
    counts.points++;
    byConfig++;
    const example = exampleOf(account, 'scraped by another pod at the time');
    const atMs = sentMsOf(account);
    collector.add({ kind: 'scraped-twice', ...found, cause: 'metric points', example, atMs });
  };
  return {
    // On a starved machine requests are broken off, or answered in time by the recorder's clock and
    // too late by the sender's (seen: it had begun to wait seconds before the recorder read the
    // first byte), and sent again. That two exporters lead to one place is so on any machine.
    get openedBy(): readonly Gap[] {
      return byConfig > 0 ? concludesFromPresence : ['bench'];
    },
    trace: ({ account }) => {
      for (const span of account.spans) look(span, 'traces');
    },
    log: ({ account }) => look(account, 'logs'),
    ...(twice ? { point: (account: ItemAccount) => lookAtPoint(account, twice) } : {}),
    finish: () => {
      const { spans, logs, metricPoints } = expectation;
      const tooMany =
        counts.traces > spans ||
        counts.logs > logs ||
        counts.points > (metricPoints ?? Number.POSITIVE_INFINITY);
      const mostPoints = asksForPoints ? ` and ${metricPoints} metric points` : '';
      const points = asksForPoints ? `, ${formatCount(counts.points)} metric points` : '';
      const beyond = excepted.beyond(total);
      return {
        name: 'duplicated',
        subject: '',
        verdict: verdictOf(tooMany || beyond.length > 0, false),
        expected: `at most ${spans} spans and ${logs} log records${mostPoints}`,
        observed: `${formatCount(counts.traces)} spans, ${formatCount(counts.logs)} log records${points}${excepted.note.replace(/^, /, ', excepted: ')}`,
        findings: [...(tooMany ? collector.findings() : []), ...beyond],
      };
    },
  };
}
