import { expect, it } from 'vitest';
import { confirmed } from './confirm.ts';
import { type Done, exitCodes, worstCode } from './done.ts';

const of = (result: Done['result'], folder: string): Done => ({ name: 'steady', result, folder });

it.each<[Done['result'], Done['result'], Done['result'], string]>([
  ['fail', 'pass', 'flaky', 'one'],
  ['fail', 'fail', 'fail', 'two'],
  ['fail', 'unknown', 'fail', 'one'],
  ['fail', 'interrupted', 'interrupted', 'two'],
  ['fail', 'broken', 'broken', 'two'],
  ['unknown', 'pass', 'pass', 'two'],
  ['unknown', 'fail', 'fail', 'two'],
  ['unknown', 'unknown', 'unknown', 'two'],
])('%s, then %s, is %s', async (first, second, result, folder) => {
  const done = await confirmed(of(first, 'one'), async () => of(second, 'two'));
  expect(done).toMatchObject({ result, folder, other: folder === 'two' ? 'one' : 'two' });
});

it.each<Done['result']>(['pass', 'interrupted', 'badInput', 'broken'])(
  'what ended as %s is not run again',
  async (result) => {
    const again = async (): Promise<Done> => {
      throw new Error('it was run again');
    };
    expect(await confirmed(of(result, 'one'), again)).toEqual(of(result, 'one'));
  },
);

it('what is flaky is red', () => {
  expect(worstCode([of('pass', ''), of('flaky', '')])).toBe(exitCodes.fail);
  expect(worstCode([of('unknown', ''), of('flaky', '')])).toBe(exitCodes.fail);
});
