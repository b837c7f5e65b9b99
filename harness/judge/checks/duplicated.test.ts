import { describe, expect, it } from 'vitest';
import { component, output } from '../model/causes.testing.ts';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged, traceOf } from './accounts.testing.ts';
import { createDuplicatedCheck } from './duplicated.ts';

const steps = [{ tier: { name: 'agent' } }, { tier: { name: 'gateway' } }];
const path = { steps, backends: ['tempo'], ends: [] };
const context = {
  paths: { traces: path, logs: path },
  deadlines: { overrun: () => undefined },
} as unknown as JudgeContext;

/** Taken in by a gateway that ended at 12,148 ms, and again, in whatever way, by its next life. */
function twice(first: object, ending = 'killed') {
  const gateway = { ending, life: { endedMs: 12_148 } };
  const { view } = itemOf('notSampled');
  const arrivals = [
    [],
    [
      { kind: 'ok', incarnation: gateway, fromMs: 11_668, toMs: 12_087, ...first },
      { kind: 'ok', fromMs: 13_678, toMs: 13_963 },
    ],
  ];
  return traceOf([itemOf('notSampled', { view: { ...view, arrivals } as never })]);
}

const verdictOf = async (first: object, ending?: string) => {
  const expectation = { check: 'duplicated', spans: 0, logs: 0, atMost: 1 } as const;
  const check = (except: readonly 'repeated-after-break'[]) =>
    judged(createDuplicatedCheck({ ...expectation, except }, context), [twice(first, ending)]);
  expect((await check([])).verdict).toBe('fail');
  return (await check(['repeated-after-break'])).verdict;
};

it.each([
  ['an answer that the sender did not get', { unheard: true }, 'pass'],
  ['an answer just before the kill', {}, 'pass'],
  ['an answer long before the kill', { toMs: 11_100 }, 'fail'],
])('what was sent again after %s is excepted, or not', async (_, first, verdict) => {
  expect(await verdictOf(first)).toBe(verdict);
});

it('a process that ended gracefully is no excuse', async () => {
  expect(await verdictOf({}, 'graceful')).toBe('fail');
});

describe('what a backend took after its sender had given it up, and again', () => {
  const taken = { kind: 'maybe', takenMs: 1_035, unheard: false };
  const account = () => {
    const { view } = itemOf('delivered');
    const deliveries = [taken, { kind: 'ok', unheard: false }];
    return traceOf([itemOf('delivered', { view: { ...view, deliveries } as never })]);
  };
  const foundWith = async (overrun: object | undefined) => {
    const expectation = { check: 'duplicated', spans: 0, logs: 0, atMost: 1 } as const;
    const known = { ...context, deadlines: { overrun: () => overrun } } as unknown as JudgeContext;
    const check = createDuplicatedCheck(
      { ...expectation, except: ['repeated-after-break'] },
      known,
    );
    const { verdict, findings } = await judged(check, [account()]);
    return { verdict, kinds: findings.map(({ kind, component }) => `${kind} at ${component}`) };
  };

  it('is the doing of the sender’s deadline, which no exception covers', async () => {
    const exporter = 'gateway/otlp_grpc/tempo';
    expect(await foundWith({ component: exporter, why: 'timeout: 2ms' })).toEqual({
      verdict: 'fail',
      kinds: [`timeout-too-short at ${exporter}`],
    });
  });

  it('is what a break explains where it was not', async () => {
    expect(await foundWith(undefined)).toEqual({ verdict: 'pass', kinds: [] });
  });
});

const again = component('otlp_grpc/again');
const byService = component('loadbalancing', { routing_key: 'service' });
const byBoth = [output(component('otlp_grpc/gateway')), output(again)];

it.each([
  ['the second of two exporters', byBoth, 'agent/otlp_grpc/again', 'both send traces to gateway'],
  ['the only one, that sent again', [output(again)], 'agent/otlp_grpc/again', undefined],
  [
    'the one that sends to the pod of each service',
    [output(byService)],
    'agent/loadbalancing',
    'routing_key: service',
  ],
  ['nobody', [], 'agent→gateway', undefined],
])('who doubled is named: %s', async (_, outputs, who, why) => {
  const steps = [{ tier: { name: 'agent', outputs } }, { tier: { name: 'gateway', outputs: [] } }];
  const own = {
    paths: { traces: { ...path, signal: 'traces', steps } },
  } as unknown as JudgeContext;
  const expectation = { check: 'duplicated', spans: 0, logs: 0, except: [], atMost: 1 } as const;
  const check = createDuplicatedCheck(expectation, own);
  const { findings } = await judged(check, [twice({}, 'graceful')]);
  // A starved machine may have a sender send again; it makes no second exporter.
  expect(check.openedBy).toEqual(outputs === byBoth ? [] : ['bench']);
  expect(findings.map(({ component: name }) => name)).toEqual([who]);
  if (why === undefined) expect(findings[0]?.why).toBeUndefined();
  else expect(findings[0]?.why).toContain(why);
});
