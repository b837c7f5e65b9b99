import { describe, expect, it } from 'vitest';
import type { RequestFact } from '../../evidence/types.ts';
import type { SignalPath } from '../model/path.ts';
import type { Arrival } from './arrival.ts';
import { createDeadlines, type DeadlineFacts } from './deadlines.ts';

const exporter = (config: object) => ({ id: 'otlp_grpc/tempo', config });

const pathWith = (config: object, protocol = 'grpc', more: readonly object[] = []): SignalPath => {
  const output = { signal: 'traces', protocol, to: { backend: 'tempo' } };
  const outputs = [{ ...output, exporter: exporter(config) }, ...more];
  return {
    signal: 'traces',
    steps: [{ tier: { name: 'agent' } }, { tier: { name: 'gateway', outputs } }],
  } as unknown as SignalPath;
};

/** Given up after 20 ms, answered OK after 35 ms. */
const late: Partial<Arrival> = { fromMs: 1_000, toMs: 1_020, kind: 'maybe', takenMs: 1_035 };
const short = pathWith({ timeout: '20ms' });

function overrunOf(
  over: Partial<Arrival>,
  path = short,
  facts: Partial<DeadlineFacts> = {},
  more: readonly Arrival[] = [],
) {
  const deadlines = createDeadlines({
    evidence: { recorders: [], receipts: [], request: () => undefined },
    incarnations: { outages: [] },
    pauses: new Map(),
    ...facts,
  });
  return deadlines.overrun(path, [
    { backend: 'tempo', unheard: false, ...late, ...over } as Arrival,
    ...more,
  ]);
}

describe('a deadline of the sender’s own', () => {
  it('is what ended a request that the backend then took', () => {
    expect(overrunOf({})).toMatchObject({
      component: 'gateway/otlp_grpc/tempo',
      why: expect.stringContaining('timeout: 20ms'),
    });
  });

  it('is what ended one whose answer came just then, and was not heard', () => {
    const unheard = { kind: 'ok', takenMs: undefined, unheard: true } as const;
    expect(overrunOf(unheard)).toBeDefined();
    expect(overrunOf({ ...unheard, unheard: false })).toBeUndefined();
  });

  it('is what ended one whose answer was on its way to the sender, which then sent it again', () => {
    const path = pathWith({ timeout: '2ms' });
    const ok = { kind: 'ok', takenMs: undefined, unheard: false, fromMs: 1_000 } as const;
    const again = { ...ok, backend: 'tempo', fromMs: 1_500, toMs: 1_501 } as Arrival;
    expect(overrunOf({ ...ok, toMs: 1_001.2 }, path, {}, [again])).toBeDefined();
    expect(overrunOf({ ...ok, toMs: 1_000.4 }, path, {}, [again])).toBeUndefined();
    expect(overrunOf({ ...ok, toMs: 1_001.2 }, path)).toBeUndefined();
    const elsewhere = { ...again, backend: 'tempo-2' };
    expect(overrunOf({ ...ok, toMs: 1_001.2 }, path, {}, [elsewhere])).toBeUndefined();
  });

  it.each([
    ['the backend never said OK', { takenMs: undefined }, short],
    ['the sender left before its time was over', { toMs: 1_004 }, pathWith({ timeout: '100ms' })],
    ['it is the default of 5 s', {}, pathWith({})],
    ['it is the default of 30 s by HTTP', { toMs: 6_500, takenMs: 7_000 }, pathWith({}, 'http')],
    ['there is none', {}, pathWith({ timeout: '0s' })],
    ['another backend is meant', { backend: 'tempo-2' }, short],
  ])('is not where %s', (_, over, path) => {
    expect(overrunOf(over, path)).toBeUndefined();
  });

  it('is left open where two exporters lead to the backend', () => {
    const second = { signal: 'traces', protocol: 'grpc', to: { backend: 'tempo' } };
    const path = pathWith({ timeout: '20ms' }, 'grpc', [{ ...second, exporter: exporter({}) }]);
    expect(overrunOf({}, path)).toBeUndefined();
  });

  it('holds for the defaults, too', () => {
    expect(overrunOf({ toMs: 6_000, takenMs: 7_000 }, pathWith({}))).toBeDefined();
    expect(overrunOf({ toMs: 31_000, takenMs: 32_000 }, pathWith({}, 'http'))).toBeDefined();
  });
});

describe('a fault that was under way', () => {
  const window = { fromMs: 500, toMs: 1_001 };
  it.each<[string, Partial<DeadlineFacts>]>([
    ['a pause', { pauses: new Map([['gateway', [window]]]) }],
    ['an outage', { incarnations: { outages: [window as never] } }],
    [
      'a receipt',
      {
        evidence: {
          recorders: [],
          receipts: [{ injectedMs: 500, healedMs: 1_001 } as never],
          request: () => undefined,
        },
      },
    ],
  ])('explains the wait: %s', (_, facts) => {
    expect(overrunOf({}, short, facts)).toBeUndefined();
    const muchLater = { fromMs: 9_000, toMs: 9_020, takenMs: 9_035 };
    expect(overrunOf(muchLater, short, facts)).toBeDefined();
  });
});

it('says how long the answers took that came too late', () => {
  const base = { code: 0, message: '', rejected: 0, heard: true };
  const givenUp = (tookMs: number): RequestFact => ({
    ...base,
    ...{ atMs: 1_000, answeredMs: 1_020, outcome: 'cancelled', takenMs: 1_000 + tookMs },
  });
  const inTime: RequestFact = { ...base, atMs: 1_000, answeredMs: 1_015, outcome: 'ok' };
  const never: RequestFact = { ...base, atMs: 1_000, answeredMs: 1_020, outcome: 'cancelled' };
  const requests = [givenUp(31), inTime, givenUp(90), never, givenUp(40)];
  const evidence = {
    recorders: [{ number: 3, requests: requests.length, hop: { backend: 'tempo' } } as never],
    receipts: [],
    request: (_: number, request: number) => requests[request - 1],
  };
  expect(overrunOf({}, short, { evidence })?.why).toBe(
    'timeout: 20ms, and tempo answered OK to 3 requests that were given up by then, after 40 ms in the middle and 90 ms at most',
  );
});
