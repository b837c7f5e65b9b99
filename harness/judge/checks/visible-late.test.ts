import { describe, expect, it } from 'vitest';
import type { TraceAccount } from '../ledger/account.ts';
import { itemOf, traceOf } from './accounts.testing.ts';
import { type LateGround, type Stage, wayOf, whyLate } from './visible-late.ts';

const wait = (forMs: number) => ({ component: 'gateway/tail_sampling', why: 'here', forMs });
const ground: LateGround = {
  withinMs: 15_000,
  waits: [wait(10_000)],
  decisionWaitMs: 10_000,
  unaskedMs: 260,
  fault: undefined,
};
const stages = (agentMs: number, gatewayMs: number, backendMs: number): Stage[] => [
  { tier: 'agent', tookMs: agentMs, settingsMs: 0 },
  { tier: 'gateway', tookMs: gatewayMs, settingsMs: 10_000 },
  { tier: undefined, tookMs: backendMs, settingsMs: 0 },
];
const way = (agentMs: number, gatewayMs: number, backendMs: number) => ({
  stages: stages(agentMs, gatewayMs, backendMs),
  refusal: undefined,
});

describe('why a trace was queried too late', () => {
  it('is the setting where that alone forbids it, whatever else took long', () => {
    const bySetting = {
      open: false,
      component: 'gateway/tail_sampling',
      cause: 'decision_wait is 10.0 s',
      why: 'here',
    };
    const short = { ...ground, withinMs: 8_000 };
    expect(whyLate(way(0, 11_000, 100), short)).toEqual(bySetting);
    expect(whyLate(way(0, 18_000, 100), { ...short, unaskedMs: 5_000 })).toEqual(bySetting);
    expect(whyLate(way(0, 11_000, 9_000), short)).toEqual(bySetting);
    const batched = { ...ground, waits: [wait(10_000), wait(5_000)] };
    expect(whyLate(way(0, 16_000, 100), batched)).toEqual(bySetting);
  });

  it('is open where the backend, which the bench runs, took longest', () => {
    expect(whyLate(way(100, 11_000, 5_000), ground)).toMatchObject({ open: true, component: '' });
  });

  it('is open where the bench itself had no time, and not blamed on decision_wait', () => {
    const late = whyLate(way(100, 18_000, 500), { ...ground, unaskedMs: 5_300 });
    expect(late).toMatchObject({ open: true, component: 'gateway' });
    expect(late.cause).toContain('once did not for 5.3 s');
  });

  it('is who held it longer than its settings say on a machine that had time', () => {
    const atGateway = { open: false, component: 'gateway' };
    expect(whyLate(way(100, 18_000, 500), ground)).toMatchObject(atGateway);
    expect(whyLate(way(9_000, 10_500, 500), ground)).toMatchObject({ component: 'agent' });
  });

  it('is what refused it, or the fault that was done, before what hangs on time', () => {
    const starved = { ...ground, unaskedMs: 5_300 };
    const refused = { ...way(8_000, 10_500, 0), refusal: 'data refused due to high memory usage' };
    expect(whyLate(refused, starved)).toMatchObject({
      open: false,
      cause: 'refused on its way: data refused due to high memory usage',
    });
    const faulty = { ...starved, fault: 'pause of gateway/0' };
    expect(whyLate(way(0, 20_000, 0), faulty)).toMatchObject({
      open: false,
      cause: 'pause of gateway/0 while it was on its way',
    });
  });
});

it('guesses at no setting where nothing was stored', () => {
  const { cause } = whyLate({ stages: [], refusal: undefined }, ground);
  expect(cause).toBe('no backend had taken it by then');
});

describe('the way of a trace', () => {
  const ok = (toMs: number) => ({ kind: 'ok', toMs, message: '' });
  const span = (...ms: readonly (readonly object[])[]) => {
    const account = itemOf('delivered');
    const [deliveries = [], ...before] = [...ms].reverse();
    return {
      ...account,
      view: { ...account.view, arrivals: before.reverse(), deliveries },
    } as typeof account;
  };
  const account = (...spans: ReturnType<typeof span>[]): TraceAccount => traceOf(spans).account;
  const tiers = [
    { tier: 'agent', settingsMs: 0 },
    { tier: 'gateway', settingsMs: 10_000 },
  ];
  const probe = { traceId: 't', sentMs: 1_000, visibleMs: 13_000, missedMs: 12_800 };

  it('is that of the span that was stored first', () => {
    const later = span([ok(1_500)], [ok(1_600)], [ok(12_900)]);
    const first = span([ok(1_100)], [ok(1_300)], [ok(12_300), ok(12_700)]);
    expect(wayOf(account(later, first), tiers, probe)).toEqual({
      stages: [
        { tier: 'agent', tookMs: 200, settingsMs: 0 },
        { tier: 'gateway', tookMs: 11_000, settingsMs: 10_000 },
        { tier: undefined, tookMs: 700, settingsMs: 0 },
      ],
      refusal: undefined,
    });
  });

  it('has no stages where nothing was stored, and the words of any refusal', () => {
    const refused = span([ok(1_100)], [{ kind: 'refused', toMs: 1_200, message: 'full' }], []);
    expect(wayOf(account(refused), tiers, probe)).toEqual({ stages: [], refusal: 'full' });
  });
});
