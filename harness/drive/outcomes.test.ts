import { describe, expect, it } from 'vitest';
import { parseOutcome } from './outcomes.ts';

describe('parseOutcome', () => {
  it.each([
    ['block 7 1000 1004 200 0 0', 'acked'],
    ['block 7 1000 1004 200 0 2', 'acked'],
    ['block 7 1000 1004 200 0 12', 'unknown'],
    ['block 7 1000 1004 503 1503 9', 'refused'],
    ['block 7 1000 1004 0 1212 0', 'refused'],
    ['block 7 1000 11000 0 1050 0', 'unknown'],
    ['block 7 1000 1100 0 1220 0', 'unknown'],
  ])('%s', (line, outcome) => {
    expect(parseOutcome(line)).toMatchObject({ block: 7, sentMs: 1000, outcome });
  });

  it('leaves other lines alone', () => {
    expect(parseOutcome('time="..." level=warning msg="something"')).toBeUndefined();
    expect(parseOutcome('block 7 1000')).toBeUndefined();
  });
});
