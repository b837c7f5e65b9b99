import { expect, it } from 'vitest';
import { guardType } from '../../pipeline/routes.ts';
import type { TraceAccount } from '../ledger/account.ts';
import type { Watcher } from '../watch.ts';
import { askedThisWay } from './this-way.ts';

const traceOf = (className: string, ...kinds: string[]) => ({
  account: {
    trace: { className },
    spans: kinds.map((kind) => ({
      bucket: { kind, type: kind === 'filtered' ? guardType : undefined },
    })),
  } as unknown as TraceAccount,
  alterations: [],
});

it('asks of the traces that go this way, and knows where there are none', () => {
  let asked = 0;
  const counting: Watcher = { openedBy: [], trace: () => asked++, finish: () => ({}) as never };
  const check = askedThisWay(counting, 'error');
  check.trace?.(traceOf('normal', 'delivered'));
  check.trace?.(traceOf('error', 'filtered', 'filtered'));
  expect(check.isOfNothing?.()).toBe(true);
  check.trace?.(traceOf('error', 'filtered', 'delivered'));
  expect(check.isOfNothing?.()).toBe(false);
  expect(asked).toBe(1);
});
