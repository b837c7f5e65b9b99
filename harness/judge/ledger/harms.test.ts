import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../evidence/types.ts';
import { faultWords } from '../../scenario/words/index.ts';
import { didHarm, type Harm } from './harms.ts';

const of = (kind: string) => ({ kind }) as Evidence['receipts'][number];
const whoDid = (harm: Harm): string[] =>
  Object.keys(faultWords)
    .filter((kind) => didHarm(of(kind), harm))
    .sort();

describe('didHarm', () => {
  it('tells which faults end a process, delete its pod, empty its volumes', () => {
    expect(whoDid('ended')).toEqual(['kill', 'restart', 'roll', 'scale', 'wipe']);
    expect(whoDid('deleted')).toEqual(['restart', 'roll', 'scale']);
    expect(whoDid('unreplaced')).toEqual(['scale']);
    expect(whoDid('wiped')).toEqual(['wipe']);
  });

  it('says of a verb of another version that it did nothing', () => {
    expect(didHarm(of('flood'), 'ended')).toBe(false);
    expect(didHarm(of('constructor'), 'ended')).toBe(false);
  });
});
