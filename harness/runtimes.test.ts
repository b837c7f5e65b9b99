import { describe, expect, it } from 'vitest';
import type { Problem } from './lib/errors.ts';
import type { ResourceEdit } from './pipeline/edits.ts';
import { loadPipeline } from './pipeline/load.ts';
import { readPipeline } from './prepare.ts';
import { runtimes } from './runtimes.ts';
import { readScenario } from './scenario/decode.ts';
import { fileOf } from './scenarios.ts';
import { readTextFile } from './shell/folder.ts';

const receivers = 'spec.config.receivers.otlp.protocols';
const set = (resource: string, path: string, value: unknown): ResourceEdit => ({
  resource: `OpenTelemetryCollector/${resource}`,
  path,
  value,
  origin: 's.yaml:1:1',
});

/** What a runtime refuses of the pipeline with TLS between its tiers. */
const refused = (...asked: Parameters<typeof problemsOf>): string[] =>
  problemsOf(...asked).map(({ message }) => message);

function problemsOf(runtime: 'embedded' | 'kind', ...edits: ResourceEdit[]): readonly Problem[] {
  const { path, text } = readTextFile(fileOf('tls-between-tiers'));
  const { scenario } = readScenario(path, text, []);
  const { pipelineFiles } = readPipeline('tls-between-tiers');
  const pipeline = loadPipeline('x', pipelineFiles, edits);
  return runtimes[runtime].refusals(scenario, pipeline);
}

describe('TLS between tiers', () => {
  it('is refused on kind, by name', () => {
    expect(refused('kind')).toEqual([
      'receiver "otlp" of tier "gateway" ends TLS at port 4317, which the recorder ends on the embedded runtime only',
    ]);
  });

  it('runs on embedded, certificates of the tiers included', () => {
    const asks = set('gateway', `${receivers}.grpc.tls.client_ca_file`, '/etc/otel/tls/ca.crt');
    expect([...refused('embedded'), ...refused('embedded', asks)]).toEqual([]);
  });

  it('is entered by the load, unless that has to show a certificate', () => {
    const pair = { cert_file: '/etc/otel/own/tls.crt', key_file: '/etc/otel/own/tls.key' };
    const encrypted = set('agent', `${receivers}.http.tls`, pair);
    expect(refused('embedded', encrypted)).toEqual([]);
    const asking = { ...pair, client_ca_file: '/etc/otel/own/ca.crt' };
    expect(refused('embedded', set('agent', `${receivers}.http.tls`, asking))).toEqual([
      'tier "agent" asks applications for a certificate (client_ca_file), and the load has none',
    ]);
    const [problem] = problemsOf('embedded', set('agent', `${receivers}.http.tls`, asking));
    const [, resource = '', path = ''] =
      /--set '([^:]+):(.*)=null'$/.exec(problem?.hint ?? '') ?? [];
    expect(problem?.place.file).toMatch(/agent\.yaml$/);
    const unset = { resource, path, value: null, origin: '--set' };
    expect(refused('embedded', set('agent', `${receivers}.http.tls`, asking), unset)).toEqual([]);
  });
});
