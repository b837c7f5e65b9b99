import { formatCount } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import type { Alteration } from '../ledger/altered.ts';
import { changesFields } from '../model/edit-item.ts';
import { failedStatements, tellWords } from '../model/own-words.ts';
import type { SignalPath } from '../model/path.ts';
import { exampleOf, type JudgeContext, sentMsOf, verdictOf, type Watcher } from '../watch.ts';

type AlteredExpectation = ExpectationOf<'altered'>;

/** Items that differ from what was planned, after the edits that the pipeline declares. */
export function createAlteredCheck(
  expectation: AlteredExpectation,
  context: JudgeContext,
): Watcher {
  const collector = createCollector();
  const counts = { traces: 0, logs: 0 };
  const looked = (['traces', 'logs'] as const).filter(
    (signal) => expectation.at === undefined || expectation.signals.includes(signal),
  );
  const paths = looked.map((signal) => context.paths[signal]);
  const unmodelled = paths.flatMap((path) => path.unmodelled);
  const onTheWay = looked.includes('traces')
    ? context.paths.traces.steps.flatMap(({ processors }) => processors)
    : [];
  const renamers = [...new Set(onTheWay.filter(changesFields).map(({ id }) => id))];
  const look = (
    account: ItemAccount,
    found: readonly Alteration[],
    signal: 'traces' | 'logs',
  ): void => {
    const [first] = found;
    if (!first) return;
    counts[signal]++;
    collector.add({
      kind: 'altered',
      hop: first.hop,
      component: first.hop,
      ...first.by,
      cause: signal === 'traces' ? 'spans' : 'log records',
      example: exampleOf(account, first.what.slice(0, 3).join('; ')),
      atMs: sentMsOf(account),
    });
  };
  return {
    // Which processors an item passed is not known where its way is not.
    openedBy: ['way'],
    trace: ({ account, alterations }) => {
      account.spans.forEach((span, i) => {
        look(span, alterations[i] ?? [], 'traces');
      });
    },
    log: ({ account, alterations }) => look(account, alterations, 'logs'),
    finish: () => {
      const failed = counts.traces > expectation.spans || counts.logs > expectation.logs;
      const names = unmodelled.map(({ component }) => component.id);
      const note = names.length > 0 ? `; not modelled: ${[...new Set(names)].join(', ')}` : '';
      const some =
        renamers.length > 0 ? `; of what ${renamers.join(', ')} renames or marks, some` : '';
      return {
        name: 'altered',
        subject: '',
        verdict: verdictOf(failed, names.length > 0),
        expected: `at most ${expectation.spans} spans and ${expectation.logs} log records`,
        observed: `${formatCount(counts.traces)} spans, ${formatCount(counts.logs)} log records${note}${some && `${some} were compared field by field`}`,
        findings: failed ? collector.findings() : whyOpen(context, paths),
      };
    },
  };
}

/** What nobody knows the doing of, in front of any signal. */
function whyOpen({ spoken }: JudgeContext, paths: readonly SignalPath[]) {
  const collector = createCollector();
  for (const { steps, unmodelled } of paths) {
    for (const { step, component } of unmodelled) {
      const hop = steps[step]?.tier.name ?? '';
      const cause = 'what it changes is open';
      const why = tellWords(failedStatements(spoken.by(hop), component.id), spoken.startMs);
      collector.add({ kind: 'not-modelled', hop, component: `${hop}/${component.id}`, cause, why });
    }
  }
  return collector.findings();
}
