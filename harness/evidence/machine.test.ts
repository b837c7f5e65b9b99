import { expect, it } from 'vitest';
import { parseMachine } from './machine.ts';

const whole = { atMs: 5, processors: 2, idleMs: 51_000, busyMs: 16_000, runnable: 7 };

it('reads what is whole, and leaves out what is not', () => {
  const lines = [
    JSON.stringify(whole),
    JSON.stringify({ ...whole, idleMs: -1 }),
    JSON.stringify({ ...whole, processors: 0 }),
    JSON.stringify({ ...whole, more: 1 }),
    JSON.stringify(whole).slice(0, 30),
    '',
  ];
  expect(parseMachine(lines.join('\n'))).toEqual([whole]);
});
