import { describe, expect, it } from 'vitest';
import type { Problem } from '../lib/errors.ts';
import { readTailSampling } from './sampling.ts';
import type { Component, TailSampling } from './types.ts';

const place = { file: 'p.yaml', line: 1, column: 1 };
const read = (config: Record<string, unknown>, problems: Problem[] = []): TailSampling => {
  const component: Component = {
    kind: 'processors',
    id: 't',
    type: 'tail_sampling',
    config,
    place,
  };
  return readTailSampling(component, { problems, place: () => place });
};
const policy = (type: string, settings: unknown) =>
  read({ policies: [{ name: 'p', type, [type]: settings }] });

describe('readTailSampling', () => {
  it.each([
    [{ num_traces: `\${env:N}` }, `num_traces: \${env:N}`],
    // The collector does not take a text for a number.
    [{ num_traces: '5' }, 'num_traces: 5'],
    [{ num_traces: 5.5 }, 'num_traces: 5.5'],
    [{ decision_cache: `\${file:c.yaml}` }, `decision_cache: \${file:c.yaml}`],
    [
      { drop_pending_traces_on_shutdown: `\${env:D}` },
      `drop_pending_traces_on_shutdown: \${env:D}`,
    ],
    [{ policies: `\${file:p.yaml}` }, `policies: \${file:p.yaml}`],
    [{ block_on_overflow: `\${env:B}` }, `block_on_overflow: \${env:B}`],
    [{ maximum_trace_size_bytes: `\${env:B}` }, `maximum_trace_size_bytes: \${env:B}`],
    [{ sampling_strategy: `\${env:S}` }, `sampling_strategy: \${env:S}`],
    [{ tail_storage: 'files' }, 'tail_storage'],
    [{ decision_threshold: 1 }, 'decision_threshold'],
  ])('lists %j as not modelled', (config, listed) => {
    const { unmodelled, unmodelledSettings } = read(config);
    expect(unmodelled).toEqual([listed]);
    expect(unmodelledSettings).toEqual([listed]);
  });

  it.each([
    [{ num_traces: 'abc' }, 'num_traces: found "abc", expected a whole number from 0 on'],
    [{ num_traces: -1 }, 'num_traces: found -1, expected a whole number from 0 on'],
    [{ policies: 'x' }, 'policies: found "x", expected a list'],
    [{ sampling_strategy: 'x' }, 'sampling_strategy: found "x", expected one that is known'],
    [{ decision_wait: 10 }, 'decision_wait: found 10, expected a duration such as 10s'],
    [
      { decision_wait: '1000h' },
      'decision_wait: found "1000h", expected at most 1h: a run waits for the decisions',
    ],
  ])('says what the collector refuses: %j', (config, message) => {
    const problems: Problem[] = [];
    read(config, problems);
    expect(problems.map((problem) => problem.message)).toEqual([message]);
  });

  it('does not know when it decides with a wait that the collector expands', () => {
    const problems: Problem[] = [];
    const { unmodelledSettings } = read({ decision_wait: `\${env:WAIT}` }, problems);
    expect([problems, unmodelledSettings]).toEqual([[], [`decision_wait: \${env:WAIT}`]]);
  });

  it('takes plain numbers, and no decision cache or both', () => {
    expect(read({ num_traces: 7, sample_on_first_match: true })).toMatchObject({
      numTraces: 7,
      unmodelled: [],
    });
    const cache = { sampled_cache_size: 3, non_sampled_cache_size: 4 };
    expect(read({ decision_cache: cache })).toMatchObject({
      sampledCacheSize: 3,
      nonSampledCacheSize: 4,
      unmodelled: [],
    });
  });

  it.each([
    ['latency', { threshold_ms: `\${env:T}` }, `latency with threshold_ms: \${env:T}`],
    ['probabilistic', { sampling_percentage: '5' }, 'probabilistic with sampling_percentage: 5'],
    ['span_count', { min_spans: `\${env:N}` }, `span_count with min_spans: \${env:N}`],
    ['numeric_attribute', { key: 'n', min_value: 'x' }, /min_value: x/],
    // The collector panics on it.
    ['numeric_attribute', { key: 'n' }, /neither bound/],
    ['string_attribute', { key: `\${env:K}`, values: ['a'] }, /key: \$\{env:K\}/],
    ['string_attribute', { key: 'k', values: 'a,b' }, /values: a,b/],
    ['boolean_attribute', { key: 'k', value: 'true' }, /value: true/],
    ['status_code', { status_codes: [`\${env:C}`] }, /status_codes: \["\$\{env:C\}"\]/],
    [
      'string_attribute',
      { key: 'k', values: ['\\p{Greek}'], enabled_regex_matching: true },
      'string_attribute with values: \\p{Greek}',
    ],
    ['ottl_condition', {}, 'ottl_condition with no condition'],
    [
      'ottl_condition',
      { span: ['name == "x"', 'Len(name) > 3'] },
      'ottl_condition with Len(name) > 3',
    ],
    ['trace_state', { key: 'ot', values: ['a'] }, 'trace_state'],
    ['rate_limiting', { spans_per_second: `\${env:N}` }, /spans_per_second/],
    ['composite', { composite_sub_policy: `\${env:L}` }, /composite with lists/],
    ['my_extension', {}, 'my_extension'],
  ])('takes no guess at a policy %s with %j', (type, settings, written) => {
    const { policies, unmodelled, unmodelledSettings } = policy(type, settings);
    const expected = typeof written === 'string' ? written : expect.stringMatching(written);
    expect(policies).toEqual([{ type: 'unmodelled', name: 'p', place, written: expected }]);
    expect(unmodelled).toHaveLength(1);
    expect(unmodelledSettings).toEqual([]);
  });

  it('keeps an empty pattern, which matches everything, but no empty text', () => {
    const settings = { key: 'k', values: [''], enabled_regex_matching: true };
    expect(policy('string_attribute', settings).policies).toMatchObject([{ values: [''] }]);
  });

  it('lists what is not modelled of sub-policies', () => {
    const odd = { type: 'my_extension' };
    const and = {
      name: 'a',
      type: 'and',
      and: { and_sub_policy: [{ type: 'always_sample' }, odd] },
    };
    const not = { type: 'not', not: { not_sub_policy: odd } };
    const drop = { name: 'd', type: 'drop', drop: { drop_sub_policy: [not] } };
    expect(read({ policies: [and, drop] }).unmodelled).toEqual([
      'policy a: and > my_extension',
      'policy d: drop > not > my_extension',
    ]);
  });

  it.each(['and', 'drop'])('takes no empty list where that of %s is written elsewhere', (type) => {
    const key = `${type}_sub_policy`;
    const written = `${type} with ${key}: \${env:LIST}`;
    const unmodelled = [{ type: 'unmodelled', name: 'p', place, written }];
    expect(policy(type, { [key]: `\${env:LIST}` }).policies).toEqual(unmodelled);
    expect(read({ policies: [{ name: 'p', type, [type]: `\${env:LIST}` }] }).policies).toEqual(
      unmodelled,
    );
  });

  it('reads what limits a rate, with the defaults of the collector', () => {
    expect(policy('rate_limiting', { spans_per_second: 35 }).policies).toMatchObject([
      { spansPerSecond: 35 },
    ]);
    expect(policy('bytes_limiting', { bytes_per_second: 100 }).policies).toMatchObject([
      { bytesPerSecond: 100, burstBytes: 200 },
    ]);
    const parts = ['a', 'b', 'c'].map((name) => ({ name, type: 'always_sample' }));
    const composite = {
      max_total_spans_per_second: 1000,
      policy_order: ['b', 'a'],
      composite_sub_policy: parts,
      rate_allocation: [
        { policy: 'a', percent: 50 },
        { policy: 'b', percent: 0 },
      ],
    };
    // A part without percentage has its equal share, one without allocation nothing.
    expect(policy('composite', composite).policies).toMatchObject([
      {
        parts: [
          { name: 'a', spansPerSecond: 500 },
          { name: 'b', spansPerSecond: 333 },
          { name: 'c', spansPerSecond: 0 },
        ],
      },
    ]);
  });

  it('reads when it decides, and what it gives up', () => {
    const config = {
      sampling_strategy: 'span-ingest',
      decision_wait_after_root_received: '2s',
      maximum_trace_size_bytes: 1000,
      block_on_overflow: true,
      decision_cache: { sampled_cache_size: 7 },
    };
    expect(read(config)).toMatchObject({
      onIngest: true,
      waitAfterRootMs: 2000,
      maximumTraceSizeBytes: 1000,
      blockOnOverflow: true,
      sampledCacheSize: 7,
      nonSampledCacheSize: 0,
      unmodelled: [],
    });
  });

  it('does not list an upper latency threshold, which is unknown for some traces only', () => {
    const settings = { threshold_ms: 1, upper_threshold_ms: 2 };
    expect(policy('latency', settings).unmodelled).toEqual([]);
  });
});
