import { describe, expect, it } from 'vitest';
import type { Problem } from '../lib/errors.ts';
import { backendFor, type Sent } from './backends.ts';
import type { Backend } from './types.ts';

const place = { file: 'p.yaml', line: 3, column: 5 };

function backendOf(host: string, over: Partial<Sent> = {}) {
  const backends = new Map<string, Backend>();
  const guessed: string[] = [];
  const missing: Problem[] = [];
  const sent = { exporter: 'otlp', host, port: 4317, protocol: 'http', signal: 'traces', place };
  const id = backendFor(
    { ...(sent as Sent), ...over },
    { backends, bench: undefined, guessed, missing },
  );
  return { kind: id && backends.get(id)?.kind, guessed, problems: missing };
}

describe('a host that nobody declared', () => {
  it.each<[string, Sent['signal'], string]>([
    ['tempo', 'traces', 'tempo'],
    ['tempo.observability', 'traces', 'tempo'],
    ['tempo2', 'traces', 'tempo'],
    ['tempo-distributor', 'traces', 'tempo'],
    ['vendor.example.com', 'traces', 'tempo'],
    ['demo', 'traces', 'tempo'],
    ['vendor', 'logs', 'loki'],
    ['mimir', 'metrics', 'prometheus'],
  ])('%s with %s is taken for %s, and that is listed', (host, signal, kind) => {
    const { guessed, ...found } = backendOf(host, { signal });
    expect(found).toEqual({ kind, problems: [] });
    expect(guessed).toEqual([
      `${host}:4317 is taken for ${kind} (it gets ${signal}; no bench file says)`,
    ]);
  });

  it.each([
    ['tmepo', 'tempo'],
    ['temp', 'tempo'],
    ['temppo.observability', 'tempo'],
    ['lokki', 'loki'],
    ['promethues', 'prometheus'],
  ])('%s is a slip of %s', (host, meant) => {
    const { kind, guessed, problems } = backendOf(host);
    expect([kind, guessed]).toEqual([undefined, []]);
    expect(problems).toMatchObject([
      {
        place,
        message: `exporter "otlp" sends to "${host}:4317", which is no Service of the folder`,
      },
    ]);
    expect(problems[0]?.hint).toContain(`did you mean "${meant}"?`);
    expect(problems[0]?.hint).toContain(`{ host: ${host}, kind: ${meant} }`);
  });

  it('is what its name says, and gets no other signal', () => {
    expect(backendOf('prometheus').problems[0]?.message).toBe(
      'prometheus:4317 gets traces beside what prometheus takes; one backend host takes one signal here',
    );
    expect(backendOf('loki', { signal: 'logs', protocol: 'grpc' }).problems[0]?.message).toBe(
      'logs over gRPC to loki:4317: loki takes OTLP over HTTP only',
    );
  });
});
