import { describe, expect, it } from 'vitest';
import type { SpanFacts } from '../pipeline/decide.ts';
import type { Policy, PolicyRule, TailSampling } from '../pipeline/types.ts';
import { tellDecision } from './arithmetic.ts';

const place = { file: 'gateway.yaml', line: 1, column: 1 };
const traceId = '0102030405060708090a0b0c0d0e0f10';

const span = (over: Partial<SpanFacts> = {}): SpanFacts => ({
  statusCode: 0,
  startOffsetNanos: 0,
  endOffsetNanos: 250e6,
  attributes: {},
  resource: {},
  ...over,
});

function tell(rules: readonly PolicyRule[], spans: readonly SpanFacts[] = [span()]) {
  const policies = rules.map((rule, i): Policy => ({ ...rule, name: `p${i}`, place }));
  return tellDecision({ policies } as unknown as TailSampling, traceId, spans);
}
const numbers = (rule: PolicyRule, spans?: readonly SpanFacts[]): string | undefined =>
  tell([rule], spans).answers[0]?.numbers;

/** FNV-1a with 64 bits, as it is published, over salt and id. */
function fnv(salt: string): bigint {
  const bytes = [...Buffer.from(salt), ...Buffer.from(traceId, 'hex')];
  return bytes.reduce(
    (hash, byte) => ((hash ^ BigInt(byte)) * 0x100000001b3n) % 2n ** 64n,
    0xcbf29ce484222325n,
  );
}

describe('tellDecision', () => {
  it('compares the hash with the threshold, in full and in percent', () => {
    const hash = fnv('salt');
    const text = numbers({ type: 'probabilistic', percentage: 50, salt: 'salt' });
    expect(text).toContain(`= 0x${hash.toString(16).padStart(16, '0')} (`);
    expect(text).toContain(
      hash <= 0x7fffffffffffffffn ? ' <= 0x7fffffffffffffff (50 %)' : ' > 0x7',
    );
    const percent = (Number(hash / 2n ** 32n) / 2 ** 32) * 100;
    expect(Number(/\(([\d.]+) %\) [<>]/.exec(text ?? '')?.[1])).toBeCloseTo(percent, 2);
  });

  it('compares the duration with the threshold', () => {
    const rule = { type: 'latency', thresholdMs: 300, upperThresholdMs: 0 } as const;
    expect(numbers(rule)).toBe('250 ms from first start to last end < 300 ms');
    const later = span({ startOffsetNanos: 100e6, endOffsetNanos: 300.9e6 });
    expect(numbers(rule, [span(), later])).toBe('300 ms from first start to last end >= 300 ms');
    expect(numbers(rule, [])).toBe('no span, so no duration');
  });

  it('counts what was found of what was asked for', () => {
    const spans = [span(), span(), span({ statusCode: 2, attributes: { flag: 'on', n: 3 } })];
    expect(numbers({ type: 'status_code', codes: [2] }, spans)).toBe(
      'asks for ERROR; found 2 x UNSET, 1 x ERROR',
    );
    const text = { type: 'string_attribute', key: 'flag', regex: false, invert: false } as const;
    expect(numbers({ ...text, values: ['on', 'yes'] }, spans)).toBe(
      'asks for flag "on" or "yes"; found 1 x "on"',
    );
    expect(numbers({ ...text, key: 'gone', values: ['x'], invert: true }, spans)).toBe(
      'asks for gone other than "x"; found nothing',
    );
    expect(
      numbers(
        { type: 'numeric_attribute', key: 'n', min: 2, max: undefined, invert: false },
        spans,
      ),
    ).toBe('asks for n 2 to any; found 1 x 3');
    expect(numbers({ type: 'span_count', min: 2, max: 0 }, spans)).toBe(
      '3 spans; asks for at least 2',
    );
  });

  it('names the policy that led to it, and asks none behind a drop', () => {
    const told = tell([
      { type: 'always_sample' },
      { type: 'drop', rules: [{ type: 'not', rule: { type: 'span_count', min: 2, max: 0 } }] },
    ]);
    expect(told).toEqual({
      outcome: 'dropped',
      policy: 'p1',
      spans: 1,
      answers: [
        {
          policy: 'p1',
          type: 'drop',
          answer: 'dropped',
          numbers: '(not (1 spans; asks for at least 2))',
        },
      ],
    });
  });
});
