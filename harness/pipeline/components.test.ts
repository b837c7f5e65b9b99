import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';
import { changed, edit, files, mistakesOf } from './two-tier.testing.ts';

const service = 'spec.config.service';
const exporters = 'spec.config.exporters';

describe('readPipelines', () => {
  it.each([
    [
      `${service}.pipelines.traces.processors`,
      'tail_sampling',
      /processors: found "tail_sampling", expected a list/,
    ],
    [
      `${service}.pipelines.traces.processors[0]`,
      { a: 1 },
      /found \{"a":1\}, expected the name of one processor/,
    ],
    [
      `${service}.pipelines.traces.exporters`,
      [],
      /pipeline "traces" has no exporters; the collector asks/,
    ],
    [
      `${service}.pipelines.trace`,
      {},
      /pipeline "trace" is of no signal .*; known: traces, logs, metrics\. Hint: did you mean "traces"/,
    ],
    [
      `${service}.extensions`,
      ['healthcheck'],
      /the service names extension "healthcheck", which is not declared .*did you mean "health_check"/,
    ],
    [
      `${exporters}.otlp_grpc/tempo.retry_on_failure.initial_interval`,
      1,
      /initial_interval: found 1, expected a duration/,
    ],
    [`${exporters}.otlp_grpc/tempo.timeout`, '5', /timeout: found "5", expected a duration/],
  ])('refuses %s: %j', (path, value, expected) => {
    const [mistake, ...more] = mistakesOf(files, [edit('gateway', path, value)]);
    expect(mistake).toMatch(expected);
    expect(mistake).toMatch(/^gateway\.yaml:\d+:\d+ /);
    expect(more).toEqual([]);
  });

  it('leaves to the collector what it expands, and takes 0 for an interval', () => {
    const retry = `${exporters}.otlp_grpc/tempo.retry_on_failure`;
    const edits = [
      edit('gateway', `${retry}.initial_interval`, `\${env:WAIT}`),
      edit('gateway', `${retry}.max_elapsed_time`, 0),
      edit('gateway', `${service}.pipelines.logs.processors`, `\${env:PROCESSORS}`),
      edit('gateway', `${service}.pipelines.profiles`, {}),
    ];
    expect(loadPipeline('x', files, edits).notes).toEqual([
      expect.stringMatching(/nothing of the folder sets WAIT \(.*, PROCESSORS \(/),
      `pipeline "logs": processors "\${env:PROCESSORS}" can't be read before it runs`,
      'pipeline "profiles": profiles are not followed',
    ]);
  });

  it('says that a pipeline has no receivers', () => {
    const none = changed(
      'agent.yaml',
      'receivers: [otlp]\n          processors: [memory_limiter, k8s_attributes]\n          exporters: [otlp_grpc/gateway]\n        metrics',
      'exporters: [otlp_grpc/gateway]\n        metrics',
    );
    expect(mistakesOf(none)).toEqual([expect.stringMatching(/pipeline "logs" has no receivers/)]);
  });
});

describe('a type that no distribution has', () => {
  it.each([
    ['tail_samplng', 'tail_sampling'],
    ['k8sattribute', 'k8s_attributes'],
    ['attribute', 'attributes'],
  ])('is a slip, named as it is written: %s', (slip, meant) => {
    const mistakes = mistakesOf(
      changed('gateway.yaml', 'processors:\n', `processors:\n      ${slip}: {}\n`),
    );
    expect(mistakes.join()).toMatch(
      new RegExp(`processor "${slip}" is of a type that no distribution has.*mean "${meant}"`),
    );
  });
});
