import { describe, expect, it } from 'vitest';
import { decide, resolved, type SpanFacts } from './decide.ts';
import { headSamplerPasses, probabilisticHash, probabilisticThreshold } from './thresholds.ts';
import type { PolicyRule, TailSampling } from './types.ts';

// Computed by the collector's own arithmetic in Go (math/big, hash/fnv).
describe('thresholds', () => {
  it.each([
    [5, '922337203685477631'],
    [0.05, '9223372036854775'],
    [33.3, '6142765776545279999'],
    [99.999, '18446559606268813311'],
    [150, '18446744073709551615'],
    [0, '0'],
    [1, '184467440737095519'],
    [0.1, '18446744073709551'],
  ])('tail_sampling probabilistic %s %%', (percentage, threshold) => {
    expect(String(probabilisticThreshold(percentage))).toBe(threshold);
  });

  it.each([
    ['00000000000000000000000000000001', '16254957729900898954', false],
    ['0af7651916cd43dd8448eb211c80319c', '3728843964641534796', true],
    ['ffffffffffffffffffffffffffffffff', '1711019809656077869', false],
    ['4bf92f3577b34da6a3ce929d0e0e4736', '11908981664384643253', false],
  ])('hash of %s', (traceId, hash, head) => {
    expect(String(probabilisticHash('default-hash-seed', traceId))).toBe(hash);
    expect(headSamplerPasses(10, 22, traceId)).toBe(head);
  });
});

const span = (over: Partial<SpanFacts> = {}): SpanFacts => ({
  statusCode: 0,
  startOffsetNanos: 0,
  endOffsetNanos: 50e6,
  attributes: undefined,
  resource: undefined,
  ...over,
});

const place = { file: 'p.yaml', line: 1, column: 1 };
const component = {
  kind: 'processors',
  id: 'tail_sampling',
  type: 'tail_sampling',
  config: {},
  place,
} as const;
const id = '4bf92f3577b34da6a3ce929d0e0e4736';

function decisionOf(rules: PolicyRule[], spans: SpanFacts[], firstMatch = false) {
  const sampling: TailSampling = {
    component,
    decisionWaitMs: 10_000,
    numTraces: 100,
    sampledCacheSize: 0,
    nonSampledCacheSize: 0,
    dropPendingOnShutdown: false,
    onIngest: false,
    sampleOnFirstMatch: firstMatch,
    waitAfterRootMs: 0,
    maximumTraceSizeBytes: 0,
    blockOnOverflow: false,
    unmodelled: [],
    unmodelledSettings: [],
    policies: rules.map((rule, i) => ({ ...rule, name: `p${i}`, place })),
  };
  return decide(sampling, id, spans);
}

function outcomeOf(rules: PolicyRule[], spans: SpanFacts[]): string {
  const { outcome, policy } = decisionOf(rules, spans);
  return policy === undefined ? outcome : `${outcome} by ${policy}`;
}

const errors: PolicyRule = { type: 'status_code', codes: [2] };
const never: PolicyRule = { type: 'probabilistic', percentage: 1, salt: 'default-hash-seed' };
const slow: PolicyRule = { type: 'latency', thresholdMs: 2000, upperThresholdMs: 0 };
const key = 'sampling.priority';
const flagged: PolicyRule = {
  type: 'string_attribute',
  key,
  values: ['always_on'],
  regex: false,
  invert: false,
};

describe('decide', () => {
  it('samples when one policy does and names the first that did', () => {
    expect(outcomeOf([never, errors], [span(), span({ statusCode: 2 })])).toBe('sampled by p1');
    expect(outcomeOf([never, errors], [span()])).toBe('not-sampled');
  });

  it('measures latency over the whole trace in whole milliseconds, at or above', () => {
    const ending = (endOffsetNanos: number) => [
      span(),
      span({ startOffsetNanos: 1e9, endOffsetNanos }),
    ];
    expect(outcomeOf([slow], ending(2000e6))).toBe('sampled by p0');
    expect(outcomeOf([slow], ending(2000e6 - 1))).toBe('not-sampled');
  });

  it('knows that an upper latency threshold hangs on the order of arrival above it', () => {
    const banded: PolicyRule = { type: 'latency', thresholdMs: 40, upperThresholdMs: 60 };
    expect(outcomeOf([banded], [span()])).toBe('sampled by p0');
    const before = span({ endOffsetNanos: 45e6 });
    expect(outcomeOf([banded], [before, span({ endOffsetNanos: 90e6 })])).toBe('open');
    // A part within the bounds need not be one span.
    const parts = [
      span({ endOffsetNanos: 10e6 }),
      span({ startOffsetNanos: 45e6 }),
      span({ startOffsetNanos: 80e6, endOffsetNanos: 90e6 }),
    ];
    expect(outcomeOf([banded], parts)).toBe('open');
    expect(outcomeOf([banded], [span({ endOffsetNanos: 90e6 })])).toBe('not-sampled');
    const empty = { ...banded, thresholdMs: 60 };
    expect(outcomeOf([empty], [before, span({ endOffsetNanos: 90e6 })])).toBe('not-sampled');
    expect(outcomeOf([banded], [span({ endOffsetNanos: 40e6 })])).toBe('not-sampled');
  });

  it('matches attributes on resource or span, and only of the right type', () => {
    expect(outcomeOf([flagged], [span({ attributes: { [key]: 'always_on' } })])).toBe(
      'sampled by p0',
    );
    expect(outcomeOf([flagged], [span({ resource: { [key]: 'always_on' } })])).toBe(
      'sampled by p0',
    );
    expect(outcomeOf([flagged], [span({ attributes: { [key]: true } })])).toBe('not-sampled');
    expect(outcomeOf([{ ...flagged, invert: true }], [span()])).toBe('sampled by p0');
    expect(
      outcomeOf(
        [{ ...flagged, invert: true }],
        [span(), span({ attributes: { [key]: 'always_on' } })],
      ),
    ).toBe('not-sampled');
    const regex: PolicyRule = { ...flagged, values: ['^always'], regex: true };
    expect(outcomeOf([regex], [span({ attributes: { [key]: 'always_off' } })])).toBe(
      'sampled by p0',
    );
  });

  it('reads patterns as Go does, and asks them of a resource’s "" but never of a span’s', () => {
    const pattern = (...values: string[]): PolicyRule => ({ ...flagged, values, regex: true });
    const shop = [span({ attributes: { [key]: 'Shop' } })];
    expect(outcomeOf([pattern('(?i)^(?P<name>shop)$')], shop)).toBe('sampled by p0');
    expect(outcomeOf([pattern('^shop$')], shop)).toBe('not-sampled');
    expect(outcomeOf([pattern('^$')], [span({ attributes: { [key]: '' } })])).toBe('not-sampled');
    expect(outcomeOf([pattern('^$')], [span({ attributes: { [key]: 7 } })])).toBe('not-sampled');
    expect(outcomeOf([pattern('^$')], [span({ resource: { [key]: '' } })])).toBe('sampled by p0');
    expect(outcomeOf([pattern('^$')], [span({ resource: { [key]: 7 } })])).toBe('sampled by p0');
    expect(outcomeOf([{ ...flagged, values: [''] }], [span({ resource: { [key]: '' } })])).toBe(
      'not-sampled',
    );
    expect(outcomeOf([pattern('\\p{Greek}')], shop)).toBe('unknown');
  });

  it('numbers, booleans and span counts', () => {
    const big: PolicyRule = {
      type: 'numeric_attribute',
      key: 'n',
      min: 5,
      max: undefined,
      invert: false,
    };
    expect(outcomeOf([big], [span({ attributes: { n: 5 } })])).toBe('sampled by p0');
    expect(outcomeOf([big], [span({ attributes: { n: 4 } })])).toBe('not-sampled');
    const yes: PolicyRule = { type: 'boolean_attribute', key: 'b', value: true, invert: false };
    expect(outcomeOf([yes], [span({ attributes: { b: true } })])).toBe('sampled by p0');
    expect(outcomeOf([yes], [span({ attributes: { b: 'true' } })])).toBe('not-sampled');
    const two: PolicyRule = { type: 'span_count', min: 2, max: 2 };
    expect(outcomeOf([two], [span()])).toBe('not-sampled');
    expect(outcomeOf([two], [span(), span()])).toBe('sampled by p0');
    expect(outcomeOf([two], [span(), span(), span()])).toBe('not-sampled');
    const twice = span({ comings: { least: 1, most: 2 } });
    expect(outcomeOf([two], [twice])).toBe('unknown');
    expect(outcomeOf([{ ...two, max: 0 }], [span(), twice])).toBe('sampled by p0');
  });

  it('combines: drop wins, and needs all, not turns round', () => {
    const drop: PolicyRule = { type: 'drop', rules: [flagged] };
    const flaggedSpan = span({ attributes: { [key]: 'always_on' }, statusCode: 2 });
    expect(outcomeOf([errors, drop], [flaggedSpan])).toBe('dropped by p1');
    expect(outcomeOf([errors, drop], [span({ statusCode: 2 })])).toBe('sampled by p0');
    expect(outcomeOf([{ type: 'and', rules: [errors, slow] }], [span({ statusCode: 2 })])).toBe(
      'not-sampled',
    );
    expect(outcomeOf([{ type: 'not', rule: errors }], [span()])).toBe('sampled by p0');
  });

  it('is unknown only where an unmodelled policy could turn the answer', () => {
    const odd: PolicyRule = { type: 'unmodelled', written: 'ottl_condition' };
    expect(outcomeOf([odd], [span()])).toBe('unknown');
    expect(outcomeOf([odd, errors], [span({ statusCode: 2 })])).toBe('sampled by p1');
    const oddDrop: PolicyRule = { type: 'drop', rules: [odd] };
    expect(outcomeOf([oddDrop, errors], [span({ statusCode: 2 })])).toBe('unknown');
    expect(outcomeOf([oddDrop, errors], [span()])).toBe('unknown');
  });
});

describe('limits', () => {
  const limited: PolicyRule = { type: 'rate_limiting', spansPerSecond: 4 };
  const error = span({ statusCode: 2 });
  const askedOf = (rules: PolicyRule[], spans: SpanFacts[], firstMatch = false) => {
    const { outcome, asked } = decisionOf(rules, spans, firstMatch);
    return [outcome, asked.map(({ limiter, answer, least }) => [limiter, answer, least])];
  };

  it('are asked for each trace that is not larger than they are', () => {
    expect(askedOf([limited], [span(), span()])).toEqual(['open', [['p0', undefined, 2]]]);
    // rate_limiting.go: fewer than so many pass, so that a trace of just as many never does.
    expect(askedOf([limited], Array(4).fill(span()))).toEqual(['not-sampled', []]);
  });

  it('are asked beside what samples anyway, but not behind the first match', () => {
    expect(askedOf([errors, limited], [error])).toEqual(['sampled', [['p1', undefined, 1]]]);
    expect(askedOf([errors, limited], [error], true)).toEqual(['sampled', []]);
    expect(askedOf([limited, errors], [error], true)[1]).toHaveLength(1);
  });

  it('are not asked behind a part of an `and` that says no', () => {
    const both: PolicyRule = { type: 'and', rules: [errors, limited] };
    expect(askedOf([both], [span()])).toEqual(['not-sampled', []]);
    expect(askedOf([both], [error])).toEqual(['open', [['p0/1', undefined, 1]]]);
    const other: PolicyRule = { type: 'and', rules: [limited, errors] };
    expect(askedOf([other], [span()])).toEqual(['not-sampled', [['p0/0', undefined, 1]]]);
  });

  it('are told by how it ended', () => {
    const open = decisionOf([limited], [span()]);
    expect(resolved(open, true)).toMatchObject({ outcome: 'sampled', asked: [{ answer: true }] });
    expect(resolved(open, false)).toMatchObject({
      outcome: 'not-sampled',
      asked: [{ answer: false }],
    });
    // Either of two may have let it through, but both turned away what did not.
    const two = decisionOf([limited, limited], [span()]);
    expect(resolved(two, true).asked.map(({ answer }) => answer)).toEqual([undefined, undefined]);
    expect(resolved(two, false).asked.map(({ answer }) => answer)).toEqual([false, false]);
  });

  it('turn the outcome of `not` and `drop` as well', () => {
    const drop: PolicyRule = { type: 'drop', rules: [limited] };
    const all: PolicyRule = { type: 'always_sample' };
    const dropped = decisionOf([all, drop], [span()]);
    expect(dropped.outcome).toBe('open');
    expect(resolved(dropped, false)).toMatchObject({
      outcome: 'dropped',
      asked: [{ answer: true }],
    });
  });

  it('of a composite are those of the first part that samples', () => {
    const parts = [
      { name: 'errors', rule: errors, spansPerSecond: 2 },
      { name: 'rest', rule: { type: 'always_sample' } as const, spansPerSecond: 9 },
    ];
    const composite: PolicyRule = { type: 'composite', parts };
    expect(askedOf([composite], [error])).toEqual(['open', [['p0/errors', undefined, 1]]]);
    expect(askedOf([composite], [span()])).toEqual(['open', [['p0/rest', undefined, 1]]]);
    expect(askedOf([composite], [error, error, error])).toEqual(['not-sampled', []]);
  });

  it('say nothing where another answer is not known', () => {
    const odd: PolicyRule = { type: 'unmodelled', written: 'x' };
    expect(askedOf([odd, limited], [span()])).toEqual(['unknown', [['p1', undefined, 1]]]);
  });
});

describe('what a trace carries besides', () => {
  it('matches an OTTL condition by any span', () => {
    const rule = (...conditions: string[]): PolicyRule => ({ type: 'ottl_condition', conditions });
    const named = span({ name: 'GET /', kind: 2, attributes: { a: 1 }, resource: { b: 'x' } });
    expect(outcomeOf([rule('name == "POST /"', 'kind == SPAN_KIND_SERVER')], [named])).toBe(
      'sampled by p0',
    );
    expect(outcomeOf([rule('status.code == STATUS_CODE_ERROR')], [named])).toBe('not-sampled');
    expect(
      outcomeOf([rule('attributes["a"] > 0 and resource.attributes["b"] == "x"')], [named]),
    ).toBe('sampled by p0');
    // Conditions on events alone: no span has any.
    expect(outcomeOf([rule()], [named])).toBe('not-sampled');
  });

  it('has neither trace state nor flags', () => {
    const state: PolicyRule = { type: 'trace_state', key: 'k', values: ['', 'v'] };
    expect(outcomeOf([state, { type: 'trace_flags' }], [span()])).toBe('not-sampled');
    expect(outcomeOf([{ type: 'not', rule: state }], [span()])).toBe('sampled by p0');
  });
});
