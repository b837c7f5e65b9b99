import { describe, expect, it } from 'vitest';
import type { DropLine } from '../../evidence/types.ts';
import { createDropLedger } from './drops.ts';

const line = (atMs: number, over: Partial<DropLine> = {}): DropLine => ({
  pod: 'gateway-0',
  atMs,
  component: 'otlp_grpc',
  signal: 'traces',
  items: 5,
  error: 'sending queue is full',
  rejected: true,
  ...over,
});
const take = (lines: readonly DropLine[], isSampled: boolean, sinceMs: number) =>
  createDropLedger(lines, () => isSampled).take(['gateway-0'], 'traces', sinceMs);
/** Ten lines in half a second. */
const ten = Array.from({ length: 10 }, (_, i) => line(1_000 + 50 * i));

describe('a log that leaves equal lines out', () => {
  it('answers until its tick ends, once ten were written', () => {
    expect(take(ten, true, 10_999)).toBeDefined();
    expect(take(ten, true, 11_001)).toBeUndefined();
  });

  it('answers no longer than its last line where fewer were', () => {
    expect(take(ten.slice(1), true, 1_450)).toBeDefined();
    expect(take(ten.slice(1), true, 1_451)).toBeUndefined();
  });

  it('counts each message and each tick for itself', () => {
    const mixed = ten.map((one, i) => ({ ...one, rejected: i % 2 === 0 }));
    expect(take(mixed, true, 2_000)).toBeUndefined();
    const spread = ten.map((one, i) => ({ ...one, atMs: 1_000 + 1_200 * i }));
    expect(take(spread, true, 12_000)).toBeUndefined();
  });
});

it('a log with every line answers for no more than it says, and for nothing later', () => {
  expect(take(ten, false, 1_451)).toBeUndefined();
  const ledger = createDropLedger([line(1_000, { items: 1 })], () => false);
  expect(ledger.take(['gateway-0'], 'traces', 0)).toBeDefined();
  expect(ledger.take(['gateway-0'], 'traces', 0)).toBeUndefined();
});
