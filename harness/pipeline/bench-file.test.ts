import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UserError } from '../lib/errors.ts';
import { readBenchFile } from './bench-file.ts';
import { loadPipeline } from './load.ts';
import { changed, files } from './two-tier.testing.ts';

const own = readFileSync(
  new URL('../../fixtures/pipelines/two-tier.bench.yaml', import.meta.url),
  'utf8',
);

/** The mistakes of a file, alone or with the manifests of two-tier. */
function mistakes(text: string, manifests = files): readonly string[] {
  try {
    loadPipeline('two-tier', manifests, [], readBenchFile('b.yaml', text));
    return [];
  } catch (error) {
    if (error instanceof UserError) return error.mistakes;
    throw error;
  }
}

describe('the bench file of two-tier', () => {
  it('fits its manifests and leaves nothing to be guessed', () => {
    const pipeline = loadPipeline('two-tier', files, [], readBenchFile('b.yaml', own));
    expect(pipeline.guessed).toEqual([]);
    expect(Object.fromEntries(pipeline.roles)).toEqual({ entry: 'agent', sampler: 'gateway' });
    expect(pipeline.entries).toMatchObject([
      { tier: 'agent', signals: ['traces', 'logs', 'metrics'] },
    ]);
    expect(loadPipeline('two-tier', files).guessed).toHaveLength(3);
  });

  it('makes a host that it does not name a mistake, with the nearest that it does', () => {
    const [mistake, ...others] = mistakes(own, changed('gateway.yaml', 'tempo:4317', 'tmepo:9999'));
    expect(others).toEqual([]);
    expect(mistake).toMatch(
      /^gateway\.yaml:\d+:\d+ exporter "otlp_grpc\/tempo" sends to "tmepo:9999", which b\.yaml does not name as a backend; known: tempo, loki, prometheus\. Hint: did you mean "tempo"\?$/,
    );
    const strange = mistakes(own, changed('gateway.yaml', 'tempo:4317', 'vendor:4317'));
    expect(strange[0]).toContain('Hint: add to its backends: { host: vendor, kind: tempo }');
  });
});

describe('a bench file', () => {
  it.each([
    [
      'backend: []',
      /^b\.yaml:1:1 unknown key "backend"; known: backends, .*did you mean "backends"/,
    ],
    ['backends: [{ host: a, kind: temop }]', /^b\.yaml:1:29 .*found "temop".*did you mean "tempo"/],
    ['backends: [{ host: "http://a:1", kind: tempo }]', /^b\.yaml:1:20 .*without scheme and port/],
    ['backends: [{ host: a, kind: loki, signals: [traces] }]', /kind loki takes logs, not traces/],
    [
      'backends: [{ host: a, kind: loki, ports: { grpc: 1 } }]',
      /kind loki takes OTLP over HTTP only/,
    ],
    ['backends: [{ host: a, kind: tempo, ports: {} }]', /ports: expected grpc, http or both/],
    ['backends: [{ host: a, kind: tempo, ports: { grpc: 1, http: 1 } }]', /either gRPC or HTTP/],
    ['backends: [{ host: a, kind: tempo, ports: { http: 70000 } }]', /^b\.yaml:1:51 .*70000/],
    [
      'backends: [{ host: a, kind: loki }, { host: a, kind: tempo }]',
      /^b\.yaml:1:45 host "a" is named twice/,
    ],
    [
      'grafana: 12.3',
      /^b\.yaml:1:10 grafana: found 12\.3, expected a version as text|expected a text/,
    ],
    [
      'entries: [{ tier: agnet, signals: [logs] }]',
      /an entry is tier "agnet".*did you mean "agent"/,
    ],
    [
      'entries: [{ tier: agent, signals: [logs] }, { tier: gateway, signals: [traces, logs] }]',
      /^b\.yaml:1:45 logs enter by tier "agent" already \(line 1\)/,
    ],
    ['roles: { sampler: gatewey }', /^b\.yaml:1:19 role "sampler" is tier "gatewey"/],
    ['roles: { agent: gateway }', /role "agent" is the name of a tier/],
    ['a: 1\n---\nb: 2', /exactly one YAML document/],
  ])('%s is a located mistake', (text, message) => {
    expect(mistakes(text).join('\n')).toMatch(message);
  });

  it('may say nothing of backends: then these are guessed', () => {
    const bench = readBenchFile('b.yaml', 'roles: { sampler: gateway }');
    expect(loadPipeline('two-tier', files, [], bench).guessed).toHaveLength(3);
  });
});
