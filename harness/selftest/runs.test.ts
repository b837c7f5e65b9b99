import { expect, it } from 'vitest';
import { runs } from './runs.ts';

const isOuter = (command: string): boolean => runs('harness/enter.js', { command });

it('tells Node that runs a file from what only names it', () => {
  expect(isOuter('/usr/bin/node /x/harness/enter.js scenario steady')).toBe(true);
  expect(isOuter('/x/node/bin/node --max-semi-space-size=64 /x/harness/enter.js list')).toBe(true);
  expect(isOuter('node harness/enter.js')).toBe(true);
  expect(isOuter('node harness/bootstrap.js harness/enter.js')).toBe(false);
  expect(isOuter('sh -c node harness/enter.js')).toBe(false);
});
