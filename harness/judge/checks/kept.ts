import { formatCount, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import { intentOf, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';
import { contradicts, describePolicies } from './promise.ts';

type KeptExpectation = ExpectationOf<'kept'>;

/** Causes that say nothing about the pipeline: what was not offered or not recorded. */
export const leadsToUnknown: ReadonlySet<string> = new Set([
  'load-not-offered',
  'evidence-missing',
]);

/**
 * What the author was promised of a class, whatever the configuration says. Two questions: do the
 * policies say what was promised, and is each trace that they keep whole at the backend?
 */
export function createKeptCheck(expectation: KeptExpectation, context: JudgeContext): Watcher {
  const { class: name, share, except } = expectation;
  const broken = createCollector();
  const excepted = new Map<string, number>();
  const counts = { traces: 0, promised: 0, kept: 0, unknown: 0, unsure: 0 };
  const sampler = `${context.paths.traces.steps[context.samplerStep]?.tier.name ?? ''}/${context.sampling?.component.id ?? ''}`;
  const examples: string[] = [];
  return {
    trace: ({ account }) => {
      if (account.trace.className !== name) return;
      counts.traces++;
      if (account.kept) counts.kept++;
      const meant = intentOf(context, account);
      if (meant === 'unknown') counts.unknown++;
      if (meant !== 'sampled') {
        if (examples.length < 5) examples.push(account.trace.traceId);
        return;
      }
      counts.promised++;
      const { difference } = account;
      if (!difference || difference.cause === 'not-sampled') return;
      if ((except as readonly string[]).includes(difference.cause)) {
        excepted.set(difference.cause, (excepted.get(difference.cause) ?? 0) + 1);
        return;
      }
      if (leadsToUnknown.has(difference.cause)) counts.unsure++;
      broken.add({
        kind: difference.cause,
        hop: difference.hop,
        component: difference.component,
        cause: `class ${name}`,
        example: { traceId: account.trace.traceId, note: difference.detail },
        atMs: account.spans[0]?.view.block?.outcome?.sentMs,
      });
    },
    finish: () => {
      const unmodelled = counts.unknown > 0;
      if (!unmodelled && contradicts(counts.promised, counts.traces, share)) {
        const tooLittle = counts.promised / counts.traces < share;
        const droppers = droppersOf(context);
        const at = context.sampling ? sampler : (droppers[0]?.name ?? 'pipeline');
        broken.add({
          kind: 'promise-not-configured',
          hop: at.split('/')[0] ?? '',
          component: at,
          cause: `class ${name}: promised ${formatShare(share)}, the policies keep ${formatShare(counts.promised / counts.traces)}: ${describePolicies(
            context.sampling,
            droppers.map((d) => d.component),
            tooLittle,
          )}`,
          count: Math.max(1, Math.abs(Math.round(share * counts.traces) - counts.promised)),
          ...(tooLittle && examples[0]
            ? { example: { traceId: examples[0], note: 'not kept by any policy' } }
            : {}),
        });
      }
      const notes = [...excepted].map(([cause, n]) => `, ${formatCount(n)} ${cause}`).join('');
      const spared = [...excepted.values()].reduce((sum, n) => sum + n, 0);
      // The exceptions swallowed the whole class: what is left proves nothing.
      const swallowed = counts.promised > 0 && spared === counts.promised;
      // With so few traces an honest 5 % may keep none, and so may a mistaken 0.05 %.
      const tooFew = share > 0 && counts.promised === 0 && !contradicts(0, counts.traces, share);
      const none = swallowed
        ? ': every promised trace is excepted'
        : tooFew
          ? ': too few traces to tell'
          : '';
      const onlyUnsure = broken.count > 0 && broken.count === counts.unsure;
      return {
        name: 'kept',
        subject: name,
        verdict: verdictOf(
          broken.count > 0 && !onlyUnsure,
          unmodelled || onlyUnsure || swallowed || tooFew || counts.traces === 0,
        ),
        expected: `${formatShare(share)} of class ${name}`,
        observed: `${formatCount(counts.kept)} of ${formatCount(counts.traces)} traces whole at the backend (${formatShare(counts.kept / Math.max(1, counts.traces))})${notes}${none}`,
        findings: broken.findings(),
      };
    },
  };
}

/** What else takes traces out, head samplers first. */
function droppersOf({ paths }: JudgeContext) {
  const all = paths.traces.steps.flatMap(({ tier, droppers }) =>
    droppers.map(({ component }) => ({ component, name: `${tier.name}/${component.id}` })),
  );
  const isHead = ({ component }: (typeof all)[number]): boolean =>
    component.type === 'probabilistic_sampler';
  return [...all.filter(isHead), ...all.filter((dropper) => !isHead(dropper))];
}
