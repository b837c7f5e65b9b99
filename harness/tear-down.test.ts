import { expect, it } from 'vitest';
import type { RunningStack } from './stack/types.ts';
import { type ToEnd, tearDown } from './tear-down.ts';

const stackThat = (dispose: () => Promise<void>): RunningStack =>
  ({ lives: () => [], [Symbol.asyncDispose]: dispose }) as unknown as RunningStack;

const toEnd = (changed: Partial<ToEnd>): ToEnd => ({
  starting: undefined,
  prober: undefined,
  politely: false,
  save: () => undefined,
  closeMs: 1_000,
  stopMs: 50,
  ...changed,
});

it('says what could not be ended, and how to', async () => {
  const stack = stackThat(() => Promise.reject(new Error('the network is in use')));
  const { left } = await tearDown(toEnd({ starting: Promise.resolve(stack) }));
  expect(left).toEqual([
    'could not end the stack: Error: the network is in use. Hint: npm run bench -- clean',
  ]);
});

it('ends the stack although nothing could be saved', async () => {
  const done: string[] = [];
  const stack = stackThat(async () => void done.push('ended'));
  const save = (): never => {
    throw new Error('ENOSPC');
  };
  const { left, errors } = await tearDown(toEnd({ starting: Promise.resolve(stack), save }));
  expect(done).toEqual(['ended']);
  expect(left).toEqual([]);
  expect(errors).toEqual([{ what: 'save what is known', error: 'Error: ENOSPC' }]);
});

it('does not wait for ever for a start that never ends', async () => {
  const { left } = await tearDown(toEnd({ starting: new Promise(() => undefined) }));
  expect(left[0]).toMatch(/^could not end the start: BudgetError/);
});
