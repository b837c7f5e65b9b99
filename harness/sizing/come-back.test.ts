import { expect, it } from 'vitest';
import { reconnect } from '../pipeline/retries.ts';
import { type ComeBack, goneMs, outageWithin } from './come-back.ts';

const retry = { initialMs: 1_000, mostMs: 30_000, multiplier: 1.5, jitter: 0.5 };
const overGrpc: ComeBack = { consumers: 10, connection: reconnect, retry };

it('adds what a gRPC client waits before it connects again, and the first consumer', () => {
  // Two clients came back 4 and 12 s behind an outage of 15 s: pauses of 1, 1.6, 2.6, 4.1, 6.6 s
  // were over, that of 10.5 s was not.
  const most = goneMs(15_000, overGrpc);
  expect(most).toBeGreaterThan(27_000);
  expect(most).toBeLessThan(15_000 + 1.2 * 10_486 + 0.26 * 45_000);
});

it('never takes longer than two minutes and a fifth to connect', () => {
  const extraMs = goneMs(900_000, overGrpc) - 900_000;
  expect(extraMs).toBeGreaterThan(144_000);
  expect(extraMs).toBeLessThan(144_000 + 0.26 * 45_000);
});

it('waits for the first consumer alone where each request connects', () => {
  const most = goneMs(15_000, { ...overGrpc, connection: undefined });
  expect(most).toBeLessThan(20_000);
  expect(goneMs(15_000, { consumers: 1, connection: undefined, retry })).toBeGreaterThan(most);
});

it('finds the longest outage that is over in time', () => {
  for (const ms of [5_000, 20_000, 600_000]) {
    const outageMs = outageWithin(ms, overGrpc);
    expect(goneMs(outageMs, overGrpc)).toBeLessThanOrEqual(ms);
    expect(goneMs(outageMs + 20, overGrpc)).toBeGreaterThan(ms);
  }
  expect(outageWithin(100, overGrpc)).toBe(0);
});
