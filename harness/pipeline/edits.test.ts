import { describe, expect, it } from 'vitest';
import { parsePath } from './edits.ts';
import { loadPipeline } from './load.ts';
import { changed, edit, files, mistakesOf } from './two-tier.testing.ts';

describe('edits', () => {
  it('splits paths', () => {
    expect(parsePath('a.b[0].c[name-x]["d.e"].f/g')).toEqual([
      'a',
      'b',
      '0',
      'c',
      'name-x',
      'd.e',
      'f/g',
    ]);
  });

  it('change a value, pick list items by name and add a key', () => {
    const base = 'spec.config.processors.tail_sampling';
    const pipeline = loadPipeline('two-tier', files, [
      edit('gateway', `${base}.decision_wait`, '20s'),
      edit('gateway', `${base}.policies[sample-normal].probabilistic.sampling_percentage`, 0.05),
      edit('gateway', `${base}.decision_cache`, { sampled_cache_size: 7 }),
    ]);
    const sampling = pipeline.tiers[1]?.tailSampling;
    expect(sampling?.decisionWaitMs).toBe(20_000);
    expect(sampling?.policies[3]).toMatchObject({ percentage: 0.05 });
    expect(sampling?.sampledCacheSize).toBe(7);
  });

  it('name a misspelt resource or path with what is known', () => {
    const load =
      (...edits: ReturnType<typeof edit>[]) =>
      () =>
        loadPipeline('x', files, edits);
    expect(load(edit('gatway', 'spec.mode', 'x'))).toThrow(
      /s\.yaml:8:5 the pipeline has no resource "OpenTelemetryCollector\/gatway".*did you mean "OpenTelemetryCollector\/gateway"/,
    );
    expect(load(edit('gateway', 'spec.config.procesors.tail_sampling', 1))).toThrow(
      /has no spec\.config\.procesors.*did you mean "processors"/,
    );
  });

  const policies = 'spec.config.processors.tail_sampling.policies';
  it.each([
    [
      'spec.replica',
      /gateway\.yaml:\d+:\d+ .* has no field spec\.replica \(set by --set x\); known: .*did you mean "replicas"/,
    ],
    ['specs', /has no field specs \(set by --set x\); known: .* did you mean "spec"/],
    ['[]', /^--set x: "\[\]" is no path; expected steps such as spec\.replicas/],
    ['.', /^--set x: "\." is no path/],
    ['spec..replicas', /is no path/],
    ['kind', /^--set x: kind of OpenTelemetryCollector\/gateway can't be set/],
    ['metadata.name', /metadata\.name of .* can't be set/],
    [
      'spec.config.processors.tail_sampling.decision_cache.x',
      /has no .*\.decision_cache; .* Hint: set the whole of it: decision_cache=\{\.\.\.\}/,
    ],
    ['spec.__proto__', /has no spec\.__proto__/],
    ['spec.toString.x', /has no spec\.toString/],
    [`${policies}[9]`, /policies has 4 entries, found \[9\]\. Hint: they count from 0/],
    [
      `${policies}[sample-norml].type`,
      /has no entry named "sample-norml"; known: keep-errors, .*did you mean "sample-normal"/,
    ],
  ])('refuse the path %s', (path, expected) => {
    const [mistake, ...more] = mistakesOf(files, [
      { ...edit('gateway', path, 3), origin: '--set x' },
    ]);
    expect(mistake).toMatch(expected);
    expect(more).toEqual([]);
  });

  it('are named where a mistake stands in what they set, and only there', () => {
    const base = 'spec.config.processors.tail_sampling';
    const set = (path: string, value: unknown) => ({
      ...edit('gateway', path, value),
      origin: `--set gateway:${path}=${value}`,
    });
    const wait = set(`${base}.decision_wait`, 20);
    const status = set(`${base}.policies[keep-errors].status_code`, { status_codes: ['ERR'] });
    const broken = changed('gateway.yaml', 'num_traces: 50000', 'num_traces: abc');
    expect(mistakesOf(broken, [wait, status])).toEqual([
      expect.stringMatching(
        /^gateway\.yaml:26:24 decision_wait: found 20, .* \(set by --set gateway:.*=20\)$/,
      ),
      expect.stringMatching(
        /^gateway\.yaml:27:21 num_traces: found "abc", expected a whole number from 0 on$/,
      ),
      expect.stringMatching(
        /^gateway\.yaml:32:\d+ status_codes: found "ERR", .* \(set by --set .*\); known: UNSET, OK, ERROR/,
      ),
    ]);
  });
});
