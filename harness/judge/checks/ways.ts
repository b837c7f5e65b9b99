import type { JudgeContext } from '../ledger/context.ts';
import type { CheckResult } from '../types.ts';
import { notModelled } from './not-modelled.ts';

/** Where a signal has several ways, nothing that is said of its items is certain. */
export function checkWays({ paths }: Pick<JudgeContext, 'paths'>): CheckResult[] {
  return [paths.traces, paths.logs].flatMap(({ signal, unclear }) =>
    notModelled({
      subject: `way of ${signal}`,
      expected: `one way for ${signal} through each collector`,
      reasons: unclear,
      fix: 'leave one way for this run, with set: or --set',
      gap: 'way',
    }),
  );
}
