import { describe, expect, it } from 'vitest';
import { mistakesIn } from '../lib/errors.testing.ts';
import { loadPipeline } from './load.ts';
import type { Pipeline } from './types.ts';

const written = `apiVersion: opentelemetry.io/v1alpha1
kind: OpenTelemetryCollector
metadata: { name: gw, namespace: obs }
spec:
  mode: deployment
  image: otel/opentelemetry-collector-contrib:0.152.0
  minReplicas: 2
  maxReplicas: 4
  updateStrategy: { type: RollingUpdate }
  config: |
    receivers: { otlp: { protocols: { http: {} } } }
    processors:
      batch: { timeout: 1s }
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service:
      pipelines:
        traces: { receivers: [otlp], processors: [batch], exporters: [otlp] }
`;
const load = (text: string, edits: Parameters<typeof loadPipeline>[2] = []): Pipeline =>
  loadPipeline('old', [{ path: 'old.yaml', text }], edits);

const mistakesOf = (text: string): readonly string[] => mistakesIn(() => load(text));

describe('an OpenTelemetryCollector of v1alpha1', () => {
  it('is what the operator converts it to, and says so', () => {
    const { tiers, notes } = load(written);
    const config = written.slice(written.indexOf('    receivers'));
    const isNew = written
      .replace('v1alpha1', 'v1beta1')
      .replace('  minReplicas: 2\n  maxReplicas: 4\n', '  autoscaler: { minReplicas: 2 }\n')
      .replace('updateStrategy', 'daemonSetUpdateStrategy')
      .replace(`|\n${config}`, `\n${config}`);
    const other = load(isNew);
    const plain = (pipeline: Pipeline) =>
      JSON.parse(JSON.stringify(pipeline.tiers), (key, value) => (key === 'place' ? 0 : value));
    expect(plain({ ...other, tiers })).toEqual(plain(other));
    expect(notes[0]).toMatch(/gw is of opentelemetry\.io\/v1alpha1: converted to v1beta1/);
  });

  it('has its mistakes at their lines inside the text', () => {
    expect(mistakesOf(written.replace('processors: [batch]', 'processors: [bacth]'))[0]).toMatch(
      /^old\.yaml:17:\d+ .*"bacth", which is not declared.*did you mean "batch"/,
    );
    expect(mistakesOf(written.replace('{ timeout: 1s }', '{ timeout: one }'))[0]).toMatch(
      /^old\.yaml:13:\d+ timeout: found "one"/,
    );
    expect(mistakesOf(written.replace('[otlp], p', '[otlp]], p'))[0]).toMatch(
      /^old\.yaml:17:\d+ YAML/,
    );
  });

  it('loses what is no part of a configuration, as the operator’s type has no field for it', () => {
    const gates = written.replace('    receivers', '    feature-gates: { a: true }\n    receivers');
    const [source] = load(gates).tiers[0]?.workload.volumes ?? [];
    expect(JSON.stringify(source)).not.toContain('feature-gates');
    expect(load(gates).tiers[0]?.pipelines).toHaveLength(1);
  });

  it('can be set in part', () => {
    const edit = { resource: 'OpenTelemetryCollector/gw', origin: '--set x' };
    const path = 'spec.config.processors.batch.timeout';
    const [tier] = load(written, [{ ...edit, path, value: '7s' }]).tiers;
    const batch = tier?.components.find(({ id }) => id === 'batch');
    expect(batch?.config).toEqual({ timeout: '7s' });
    expect(batch?.placeOf?.(['timeout'])).toMatchObject({ line: 13, setBy: '--set x' });
  });

  it.each([
    ['a mapping', written.replace('config: |', 'config:'), /found object, expected a text/],
    [
      'nothing',
      written.slice(0, written.indexOf('    receivers')),
      /spec\.config is an empty text/,
    ],
  ])('whose configuration is %s is refused', (_, text, message) => {
    expect(mistakesOf(text)[0]).toMatch(message);
  });
});

describe('a bare configuration', () => {
  const bare = written
    .slice(written.indexOf('    receivers'))
    .split('\n')
    .map((line) => line.slice(4))
    .join('\n');

  it('is one gateway, and says so', () => {
    const { tiers, notes } = load(bare);
    expect(tiers.map(({ name, workload }) => [name, workload.kind, workload.replicas])).toEqual([
      ['gateway', 'deployment', 1],
    ]);
    expect(notes[0]).toMatch(
      /^old\.yaml is a bare collector configuration: it runs as one gateway/,
    );
  });

  it('has its mistakes at their lines', () => {
    expect(mistakesOf(bare.replace('timeout: 1s', 'timeout: one'))[0]).toMatch(/^old\.yaml:3:\d+ /);
  });

  it('is refused where something else stands beside its parts', () => {
    expect(mistakesOf(`feature-gates: { a: true }\n${bare}`)[0]).toMatch(
      /^old\.yaml:1:\d+ "feature-gates" is no part of a collector's configuration; known: receivers/,
    );
    expect(mistakesOf(bare.replace('processors:', 'procesors:')).join('\n')).toMatch(
      /"procesors" is no part of .*did you mean "processors"/,
    );
  });

  it('is refused where there are two: nothing says what the other is', () => {
    expect(mistakesOf(`${bare}\n---\n${bare}`)[0]).toMatch(
      /"gateway" is declared twice.*Hint: a bare configuration is one gateway/,
    );
  });

  it('that has no pipelines is none', () => {
    expect(mistakesOf('receivers: {}\nservice: {}')[0]).toMatch(/expected a Kubernetes resource/);
  });
});
