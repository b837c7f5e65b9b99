import { describe, expect, it } from 'vitest';
import { judgeFound } from './found.ts';
import type { CheckResult, Finding } from './types.ts';

const finding = (over: Partial<Finding>): Finding => ({
  kind: 'dropped-by-exporter',
  hop: 'gateway',
  component: 'gateway/otlp_grpc/tempo',
  cause: 'sending_queue is full',
  count: 1,
  window: null,
  examples: [],
  fix: '',
  ...over,
});
const result = (verdict: CheckResult['verdict'], ...findings: Finding[]): CheckResult => ({
  name: 'lost',
  subject: '',
  verdict,
  expected: '',
  observed: '',
  findings,
});
const dropped = finding({});
const ringing = finding({ kind: 'trace-split-across-gateways', component: 'agent/otlp' });
const refused = finding({
  kind: 'refused-at-entry',
  component: 'k6',
  count: 500,
  follows: { kind: 'dropped-by-exporter', component: dropped.component },
});
const late = finding({ kind: 'late-span-lost', component: 'gateway/tail_sampling' });
const kind = (name: string) => ({ kind: name, component: undefined, names: [] });
const named = {
  kind: 'dropped-by-exporter',
  component: 'gateway/otlp_grpc/tempo',
  names: ['sending_queue'],
};

describe('judgeFound, kinds alone', () => {
  it.each([
    ['pass', [result('fail', dropped)]],
    ['fail', [result('fail', dropped, late)]],
    ['fail', [result('pass')]],
    ['unknown', [result('fail', dropped), result('unknown')]],
  ])('%s: exactly they, and nothing open', (verdict, results) => {
    expect(judgeFound([kind('dropped-by-exporter')], results).verdict).toBe(verdict);
  });
});

describe('judgeFound, with a component', () => {
  it.each<[CheckResult['verdict'], string, CheckResult[]]>([
    ['pass', 'first, whatever follows from it', [result('fail', dropped, late)]],
    ['pass', 'an open check takes nothing from it', [result('unknown'), result('fail', dropped)]],
    [
      'pass',
      'what a check found and allowed is no blame',
      [result('pass', late), result('fail', dropped)],
    ],
    ['fail', 'something else explains more', [result('fail', dropped, { ...ringing, count: 9 })]],
    ['pass', 'what it brought about is said before it', [result('fail', refused, dropped)]],
    ['fail', 'only a check that passed knows it', [result('pass', dropped)]],
    ['fail', 'another component', [result('fail', finding({ component: 'agent/otlp' }))]],
    ['fail', 'another setting', [result('fail', finding({ cause: 'the timeout' }))]],
    ['unknown', 'nothing failed and something is open', [result('unknown', dropped)]],
  ])('%s: %s', (verdict, _, results) => {
    expect(judgeFound([named], results).verdict).toBe(verdict);
  });

  it('takes a pod for its tier, and no component of it', () => {
    const killed = finding({ kind: 'oom-killed', component: 'gateway-collector-1' });
    const tier = { ...kind('oom-killed'), component: 'gateway' };
    expect(judgeFound([tier], [result('fail', killed)]).verdict).toBe('pass');
    const inside = finding({ kind: 'oom-killed', component: 'gateway/tail_sampling' });
    expect(judgeFound([tier], [result('fail', inside)]).verdict).toBe('fail');
  });

  it('asks for every one of several', () => {
    const both = [named, { ...kind('late-span-lost'), component: 'gateway/tail_sampling' }];
    expect(judgeFound(both, [result('fail', late, dropped)]).verdict).toBe('pass');
    const alone = judgeFound(both, [result('fail', dropped)]);
    expect(alone).toMatchObject({
      verdict: 'fail',
      expected:
        'first dropped-by-exporter at gateway/otlp_grpc/tempo naming sending_queue, ' +
        'late-span-lost at gateway/tail_sampling',
      observed: 'dropped-by-exporter at gateway/otlp_grpc/tempo',
    });
  });
});
