import { describe, expect, it } from 'vitest';
import type { ResourceEdit } from '../../pipeline/edits.ts';
import { loadPipeline } from '../../pipeline/load.ts';
import { edit, files } from '../../pipeline/two-tier.testing.ts';
import { culpritOf, type Leaked } from './redactors.ts';

const gateway = (path: string, value: unknown): ResourceEdit =>
  edit('gateway', `spec.config.${path}`, value);
const key = 'http.request.header.authorization';
const leaked: Leaked = { signal: 'traces', backend: 'tempo:4317', place: 'spanAttribute', key };
const blamed = (edits: readonly ResourceEdit[], over: Partial<Leaked> = {}) => {
  const { component, why } = culpritOf(loadPipeline('two-tier', files, edits), {
    ...leaked,
    ...over,
  });
  return [component, why];
};
const traces = (...processors: string[]) =>
  gateway('service.pipelines.traces.processors', [
    'memory_limiter',
    'tail_sampling',
    ...processors,
  ]);

describe('culpritOf', () => {
  it('names the redaction whose key is another, with what it names', () => {
    const wrong = gateway('processors.attributes/redact.actions[1].key', `${key}s`);
    expect(blamed([wrong])).toEqual([
      'gateway/attributes/redact',
      `its rules name db.statement, ${key}s, http.request.header.cookie`,
    ]);
  });

  it('names one by its key, whatever it is called, before one that is nearer to the backend', () => {
    const rules = (name: string) => ({ actions: [{ key: name, action: 'delete' }] });
    const edits = [
      gateway('processors.attributes/one', rules(`${key}s`)),
      gateway('processors.attributes/two', rules('tenant')),
      traces('attributes/one', 'attributes/two'),
    ];
    expect(blamed(edits)[0]).toBe('gateway/attributes/one');
  });

  it('says of a rule that is right that it did not take it out', () => {
    expect(blamed([])).toEqual([
      'gateway/attributes/redact',
      'its rule for this key did not take it out',
    ]);
  });

  it('names the redaction that is declared and left out of the signal’s pipeline', () => {
    expect(blamed([traces()])).toEqual([
      'gateway/attributes/redact',
      'it is declared and stands in no pipeline by which traces come there',
    ]);
  });

  it('names the exporter where nothing reaches the place, or nothing is there to redact', () => {
    for (const place of ['event', 'link', 'resource', 'spanName'] as const) {
      expect(blamed([], { place })[0], place).toBe('gateway/otlp_grpc/tempo');
    }
    const none = [traces(), gateway('service.pipelines.logs.processors', ['memory_limiter'])];
    expect(blamed([...none, gateway('processors.attributes/redact', null)])[0]).toBe(
      'gateway/otlp_grpc/tempo',
    );
    const logs = { signal: 'logs', backend: 'loki:3100', place: 'logBody' } as const;
    expect(blamed([], logs)[0]).toBe('gateway/otlp_http/loki');
  });

  it('knows what redaction and transform reach', () => {
    const edits = [
      gateway('processors.redaction', { allow_all_keys: true, blocked_values: ['4[0-9]{12}'] }),
      gateway('processors.transform/scrub', {
        trace_statements: [{ context: 'span', statements: ['delete_key(attributes, "x")'] }],
      }),
      traces('redaction', 'transform/scrub'),
    ];
    expect(blamed(edits, { place: 'link' })[0]).toBe('gateway/transform/scrub');
    const alone = [edits[0] as ResourceEdit, traces('redaction')];
    expect(blamed(alone, { place: 'event' })[0]).toBe('gateway/redaction');
    expect(blamed(alone, { place: 'link' })[0]).toBe('gateway/otlp_grpc/tempo');
  });
});
