import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';
import { changed, edit, files, mistakesOf } from './two-tier.testing.ts';

describe('fields of a spec', () => {
  it('that only a cluster honours are noted', () => {
    const edits = [edit('gateway', 'spec.nodeSelector', { disk: 'ssd' })];
    expect(loadPipeline('x', files).notes).toEqual([]);
    expect(loadPipeline('x', files, edits).notes).toEqual([
      'OpenTelemetryCollector/gateway: spec.nodeSelector is not honoured by the embedded runtime',
    ]);
  });

  it('that there are not are a problem with its place', () => {
    const misspelt = changed('gateway.yaml', 'replicas: 2', 'replica: 2');
    expect(() => loadPipeline('x', misspelt)).toThrow(
      /gateway\.yaml:10:12 OpenTelemetryCollector "gateway" has no field spec\.replica; known: additionalContainers.*did you mean "replicas"/,
    );
  });

  it.each([
    ['resources', 5, /resources: found 5, expected a mapping/],
    ['resources.limits', 'x', /limits: found "x", expected a mapping/],
    ['ports', [{ port: 70_000 }], /port: found 70000, expected a whole number from 0 to 65535/],
    ['config.extensions.pprof.endpoint', ':99999', /endpoint: found ":99999", expected a port/],
    ['ports', 'x', /ports: found "x", expected a list/],
    ['env', { A: 1 }, /env: found \{"A":1\}, expected a list/],
    ['args', ['x'], /args: found \["x"\], expected a mapping/],
    ['replicas', 'three', /replicas: found "three", expected a whole number from 1 to 20/],
    ['replicas', 0, /replicas: found 0/],
    ['replicas', 2.5, /replicas: found 2\.5/],
    ['replicas', 1000, /replicas: found 1000/],
    ['terminationGracePeriodSeconds', '30s', /found "30s", expected a whole number/],
  ])('that hold what they can’t are a problem: %s %j', (field, value, expected) => {
    const mistakes = mistakesOf(files, [edit('gateway', `spec.${field}`, value)]);
    expect(mistakes).toEqual([expect.stringMatching(expected)]);
    expect(mistakes[0]).toMatch(/^gateway\.yaml:\d+:\d+ .* \(set by s\.yaml:8:5\)$/);
  });

  it('a daemonset counts no replicas, on any runtime', () => {
    const [note] = loadPipeline('x', files, [edit('agent', 'spec.replicas', 3)]).notes;
    expect(note).toMatch(/agent: a daemonset has a pod a node; spec\.replicas counts for nothing/);
    expect(note).not.toContain('embedded runtime');
  });
});
