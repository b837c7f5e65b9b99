import { formatCount } from '../../lib/units.ts';
import type { Output, Signal } from '../../pipeline/types.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { type Break, breaksOf, isPersistent } from '../ledger/breaks.ts';
import { fateOfQueued, noCounts, type QueueCounts } from '../ledger/recovery.ts';
import type { StayAccount } from '../ledger/stay.ts';
import { outputsOf } from '../model/outputs.ts';
import { tellSetting } from '../model/settings.ts';
import {
  concludesFromAbsenceInTime,
  exampleOf,
  type JudgeContext,
  verdictOf,
  type Watcher,
} from '../watch.ts';

type RecoveredExpectation = ExpectationOf<'recovered'>;

/**
 * What an exporter had queued when its processes ended, and whether it came to where it leads:
 * what was on disk is known by the copies taken then. Of a queue in memory there is no copy:
 * queued is what was handed to it for certain and never came.
 */
export function createRecoveredCheck(
  expectation: RecoveredExpectation,
  context: JudgeContext,
): Watcher {
  const component = `${expectation.tier}/${expectation.exporter}`;
  const collector = createCollector();
  const queues = (['traces', 'logs'] as const).flatMap((signal) =>
    queueOf(expectation, context, signal),
  );
  const counts: QueueCounts = noCounts();
  const look = (signal: Signal, account: ItemAccount, stays: readonly StayAccount[]): void => {
    for (const queue of queues) {
      if (queue.output.signal !== signal) continue;
      const fate = fateOfQueued(context, queue, account, stays, counts);
      if (!fate) continue;
      const { bucket } = account;
      const isKnown = fate === 'on disk' && bucket.kind === 'lost';
      collector.add({
        kind:
          fate === 'in memory' ? 'queue-gone-with-process' : isKnown ? bucket.cause : 'unexplained',
        hop: expectation.tier,
        component,
        cause: `${signal === 'traces' ? 'spans' : 'log records'} queued ${fate}`,
        why:
          fate === 'in memory'
            ? tellSetting(queue.output.exporter, 'sending_queue.storage', 'none')
            : isKnown
              ? bucket.why
              : undefined,
        example: exampleOf(account, 'detail' in bucket ? bucket.detail : bucket.kind),
        atMs: queue.breaks[0]?.endedMs,
      });
    }
  };
  return {
    openedBy: concludesFromAbsenceInTime,
    trace: ({ account }) => {
      for (const span of account.spans) look('traces', span, account.stays);
    },
    log: ({ account }) => look('logs', account, []),
    finish: () => conclude(expectation, component, queues, counts, collector),
  };
}

/** The exporter's queue of one signal; none where it sends no such. */
function queueOf(
  { tier: name, exporter: id }: RecoveredExpectation,
  context: JudgeContext,
  signal: Signal,
) {
  const step = context.paths[signal].steps.findIndex(({ tier }) => tier.name === name);
  const tier = context.paths[signal].steps[step]?.tier;
  const output = outputsOf(tier, signal).find(({ exporter }) => exporter.id === id);
  if (!tier || !output) return [];
  const { evidence, incarnations } = context;
  const breaks = breaksOf(tier, output.exporter, signal, evidence, incarnations);
  const isOnDisk = isPersistent(tier, output.exporter);
  return [{ step, output: output as Output, breaks, isOnDisk }];
}

type Queues = ReturnType<typeof queueOf>;

function conclude(
  { atLeast, lost, doubled, withinMs }: RecoveredExpectation,
  component: string,
  queues: Queues,
  counts: QueueCounts,
  collector: ReturnType<typeof createCollector>,
) {
  const [hop = ''] = component.split('/');
  const missing = createCollector();
  const breaks = queues.flatMap((queue) => queue.breaks);
  for (const { lacking, endedMs } of breaks) {
    if (lacking === undefined) continue;
    const entry = { hop, component, cause: lacking, atMs: endedMs };
    missing.add({ kind: 'evidence-missing', ...entry });
  }
  const copied = breaks.reduce((sum, { onDisk }) => sum + (onDisk?.size ?? 0), 0);
  if (copied !== counts.onDisk) {
    const cause = `${copied - counts.onDisk} of what the copies hold was never sent`;
    missing.add({ kind: 'evidence-missing', hop, component, cause });
  }
  const gone = counts.lostOnDisk + counts.lostInMemory;
  const queued = counts.onDisk + counts.lostInMemory;
  if (queued < atLeast) {
    const cause = `${queued} queued at ${breaks.length} ends of a process, ${atLeast} are needed`;
    missing.add({ kind: 'fault-did-not-bite', hop, component, cause });
  }
  const isLate = withinMs !== undefined && counts.drainedMs > withinMs;
  if (isLate) {
    const cause = `drained after ${Math.round(counts.drainedMs)} ms, expected ${withinMs} ms`;
    collector.add({ kind: 'still-retrying', hop, component, cause });
  }
  const tooMany = doubled !== undefined && counts.doubled > doubled;
  if (tooMany) {
    collector.add({ kind: 'duplicated', hop, component, cause: 'queued', count: counts.doubled });
  }
  const failed = gone > lost || isLate || tooMany;
  const limits = [
    `at most ${formatCount(lost)} lost`,
    ...(doubled === undefined ? [] : [`${formatCount(doubled)} doubled`]),
    ...(withinMs === undefined ? [] : [`drained within ${withinMs} ms`]),
  ];
  return {
    name: 'recovered' as const,
    subject: component,
    verdict: verdictOf(failed, missing.count > 0 || counts.open > 0),
    expected: `at least ${formatCount(atLeast)} queued, of these ${limits.join(', ')}`,
    observed: tell(counts, breaks),
    findings: [...(failed ? collector.findings() : []), ...missing.findings()],
  };
}

/** All that is known of what was queued. */
function tell(counts: QueueCounts, breaks: readonly Break[]): string {
  const told: [string, number][] = [
    ['delivered before', counts.before],
    ['on disk', counts.onDisk],
    ['of these being sent', breaks.reduce((sum, { dispatched }) => sum + dispatched, 0)],
    ['redelivered', counts.redelivered],
    ['doubled', counts.doubled],
    ['lost from disk', counts.lostOnDisk],
    ['lost from memory', counts.lostInMemory],
    ['open', counts.open],
  ];
  const [first, ...rest] = told.filter(([what, count]) => count > 0 || what === 'on disk');
  const text = [first, ...rest].map((one) => `${formatCount(one?.[1] ?? 0)} ${one?.[0]}`);
  if (counts.drainedMs > 0) text.push(`drained after ${Math.round(counts.drainedMs)} ms`);
  return text.join(', ');
}
