import { formatCount } from '../../lib/units.ts';
import { createCollector, findingsOf } from '../collect.ts';
import { createLimitLedger } from '../ledger/limits.ts';
import { concludesFromAbsence, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

/** Every trace is decided as the pipeline's own policies say of what that gateway held. */
export function createDecidedCheck(context: JudgeContext): Watcher {
  const wrong = createCollector();
  const limits = createLimitLedger();
  const counts = { compared: 0, unsure: 0 };
  const sampler = context.sampling?.component.id ?? 'tail_sampling';
  const unmodelled = context.sampling?.unmodelled ?? [];
  return {
    openedBy: concludesFromAbsence,
    trace: ({ account }) => {
      for (const stay of account.stays) {
        limits.add(stay, account.trace.traceId);
        if (stay.fate !== 'decided') continue;
        counts.compared++;
        if (stay.ambiguous) counts.unsure++;
      }
      for (const stay of account.wrong) {
        const { pod, tier } = stay.incarnation.life;
        wrong.add({
          kind: 'wrong-decision',
          hop: tier,
          component: `${tier}/${sampler}`,
          cause: `${pod} delivered what its policies do not keep`,
          example: { traceId: account.trace.traceId },
          atMs: stay.decidedToMs,
        });
      }
    },
    finish: () => {
      for (const { policy, what, traceId, atMs, stay } of limits.breaches()) {
        const { pod, tier } = stay.incarnation.life;
        wrong.add({
          kind: 'wrong-decision',
          hop: tier,
          component: `${tier}/${sampler}`,
          cause: `policy ${policy} of ${pod} ${what}`,
          example: { traceId },
          atMs,
        });
      }
      // What is open was not compared with anything.
      const blind = counts.compared === counts.unsure;
      const unknown = unmodelled.length > 0 || blind || !context.sampling;
      const why = !context.sampling
        ? 'no tail_sampling in the pipeline'
        : unmodelled.length > 0
          ? `not modelled: ${unmodelled.join(', ')}`
          : `${formatCount(counts.compared)} decisions, ${formatCount(wrong.count)} otherwise, ${formatCount(counts.unsure)} open${blind ? ': none to compare' : ''}`;
      return {
        name: 'decided',
        subject: '',
        verdict: verdictOf(wrong.count > 0, unknown),
        expected: 'every decision as the policies say of what was held',
        observed: why,
        findings: [
          ...wrong.findings(),
          ...(context.sampling && unmodelled.length > 0 ? notModelled(context, unmodelled) : []),
        ],
      };
    },
  };
}

function notModelled(
  { paths, samplerStep, sampling }: JudgeContext,
  unmodelled: readonly string[],
) {
  const hop = paths.traces.steps[samplerStep]?.tier.name ?? '';
  const component = `${hop}/${sampling?.component.id ?? ''}`;
  return findingsOf({ kind: 'not-modelled', hop, component, cause: unmodelled.join(', ') });
}
