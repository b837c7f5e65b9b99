import { formatCount } from '../../lib/units.ts';
import type { Signal } from '../../pipeline/types.ts';
import { createCollector } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import type { SignalPath } from '../model/path.ts';
import type { Gap } from '../types.ts';
import {
  concludesFromPresence,
  exampleOf,
  type JudgeContext,
  sentMsOf,
  verdictOf,
  type Watcher,
} from '../watch.ts';
import { createParts } from './parts.ts';

/** Always implied: the records are whole and do not contradict each other; else unknown. */
export function createEvidenceCheck(context: JudgeContext, missing: readonly string[]): Watcher {
  const { evidence } = context;
  const collector = createCollector();
  const parts = createParts(context);
  const add = (hop: string, cause: string, gap: Gap | undefined, account?: ItemAccount): void =>
    collector.add({
      ...(gap ? { gap } : {}),
      kind: 'evidence-missing',
      hop,
      component: hop,
      cause,
      ...(account ? { example: exampleOf(account), atMs: sentMsOf(account) } : {}),
    });
  const look = (account: ItemAccount, signal: Signal): void => {
    const { view } = account;
    const path = context.paths[signal];
    if (!view.block?.outcome && view.item.sightings.length > 0) {
      add(
        'load',
        `block ${view.item.block} was seen, but its outcome is not recorded`,
        'record',
        account,
      );
    }
    const reached = [...view.arrivals, view.deliveries];
    for (const [hop, cause] of outOfTime(context, path, account))
      add(hop, cause, 'record', account);
    for (const [step, arrivals] of reached.entries()) {
      if (arrivals.some((arrival) => arrival.missing)) {
        add(
          path.steps[step]?.tier.name ?? 'backend',
          'an answer is not recorded',
          'answer',
          account,
        );
      }
      if (step > 0 && isRecorded(context, signal, step - 1)) parts.watch(path, step - 1, account);
    }
  };
  return {
    openedBy: concludesFromPresence,
    trace: ({ account }) => {
      for (const span of account.spans) look(span, 'traces');
    },
    log: ({ account }) => look(account, 'logs'),
    point: (account) => look(account, 'metrics'),
    finish: () => {
      for (const { tier, account } of parts.contradictions()) {
        add(tier, `seen behind ${tier}, but not entering it`, 'record', account);
      }
      for (const name of missing) add(name, 'the file is not there', 'record');
      for (const recorder of evidence.recorders) {
        if (!recorder.complete) add(recorder.name, recorder.defect ?? 'incomplete', 'record');
        // It opens what is said of points; of other items it takes nothing.
        for (const request of recorder.unreadPoints ?? []) {
          add(recorder.name, `the metric points of request ${request} can’t be read`, undefined);
        }
        for (const request of recorder.unanswered) {
          add(recorder.name, `the answer to request ${request} is not recorded`, 'answer');
        }
      }
      for (const { pod, tier, ending, exitCode, signal } of evidence.lives) {
        const isOurs = context.pipeline.tiers.every(({ name }) => name !== tier);
        const how = signal ?? `exit code ${exitCode}`;
        if (isOurs && ending === 'unasked') add(pod, `a backend died unasked: ${how}`, 'bench');
      }
      if (evidence.recorders.length === 0) add('recorders', 'no hop was recorded', 'record');
      if (evidence.lives.length === 0) add('pods', 'no pod’s life is recorded', 'record');
      const requests = evidence.recorders.reduce((sum, r) => sum + r.requests, 0);
      return {
        name: 'evidence',
        subject: '',
        verdict: verdictOf(false, collector.count > 0),
        expected: 'every record whole, none contradicting another',
        observed: `${formatCount(evidence.recorders.length)} recorders, ${formatCount(requests)} requests, ${formatCount(collector.count)} gaps`,
        findings: collector.findings(),
      };
    },
  };
}

/** The bench, k6 and the taps read one clock of the machine, each through its own process. */
const grainMs = 250;

const nowhere: readonly (readonly [string, string])[] = [];

/** Where an item came sooner than it can have been sent, and nothing but the clocks says so. */
function outOfTime(
  { evidence }: JudgeContext,
  path: SignalPath,
  { view }: ItemAccount,
): readonly (readonly [string, string])[] {
  const { block } = view;
  const dueMs = evidence.facts.startMs + (block?.dueMs ?? 0);
  const sentMs = block?.outcome?.sentMs;
  let found = nowhere;
  if (sentMs !== undefined && sentMs < dueMs - grainMs) {
    found = [['load', `block ${view.item.block} was sent before it was due`]];
  }
  let beforeMs = sentMs ?? dueMs;
  for (let step = 0; step <= view.arrivals.length; step++) {
    const arrivals = view.arrivals[step] ?? view.deliveries;
    if (arrivals.length === 0) continue;
    const firstMs = arrivals.reduce((ms, { fromMs }) => Math.min(ms, fromMs), Infinity);
    if (firstMs < beforeMs - grainMs) {
      const hop = path.steps[step]?.tier.name ?? 'backend';
      found = [...found, [hop, `seen at ${hop} before it was on its way`]];
    }
    beforeMs = Math.max(beforeMs, firstMs);
  }
  return found;
}

/**
 * The first tier is known by what the load was answered; the others where a recorder is in front.
 */
function isRecorded(context: JudgeContext, signal: Signal, step: number): boolean {
  const tier = context.paths[signal].steps[step]?.tier.name ?? '';
  return step === 0 || context.recordersOfTier(tier).size > 0;
}
