import { describe, expect, it } from 'vitest';
import type { Problem } from '../lib/errors.ts';
import { backendFor, listensElsewhere, type Sent, spokenAt } from './backends.ts';
import type { BenchFile } from './bench-file.ts';
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
    const port = { traces: 4318, logs: 3100, metrics: 9090 }[signal];
    const { guessed, ...found } = backendOf(host, { signal, port });
    expect(found).toEqual({ kind, problems: [] });
    expect(guessed).toEqual([
      `${host}:${port} is taken for ${kind} (it gets ${signal}; no bench file says)`,
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

describe('a port of a backend', () => {
  const of = (ports: object | undefined): BenchFile =>
    ({
      file: 'b.yaml',
      backends: [{ host: 'tempo', kind: 'tempo', signals: ['traces'], ports, place }],
    }) as unknown as BenchFile;

  /** Of what is sent to tempo: what is said before the run, what is spoken, where it listens. */
  function told(bench: BenchFile | undefined, port: number, protocol: 'grpc' | 'http' = 'grpc') {
    const backends = new Map<string, Backend>();
    const sent = {
      exporter: 'otlp',
      host: 'tempo',
      port,
      protocol,
      signal: 'traces',
      place,
    } as const;
    const context = { backends, bench, guessed: [], missing: [] };
    const backend = backends.get(backendFor(sent, context) ?? '');
    const spoken = backend && spokenAt(backend);
    return { guessed: context.guessed, spoken, ...listensElsewhere(sent, context) };
  }

  it('that its author names takes what it is for, and no other takes anything', () => {
    const both = of({ grpc: 4317, http: 4318 });
    const listensAt = '4317 (gRPC) and 4318 (HTTP)';
    expect(told(both, 4317)).toEqual({ guessed: [], spoken: 'grpc' });
    expect(told(both, 4318, 'http')).toEqual({ guessed: [], spoken: 'http' });
    expect(told(both, 4319)).toEqual({ guessed: [], spoken: undefined, listensAt });
    expect(told(both, 4318)).toEqual({ guessed: [], spoken: 'http', listensAt });
    expect(told(of({ grpc: 80 }), 80)).toEqual({ guessed: [], spoken: 'grpc' });
    expect(told(of({ grpc: 80 }), 4317)).toMatchObject({ listensAt: '80 (gRPC)' });
  });

  it('that nobody names is taken for right, and that is said where it is not the usual one', () => {
    const usual = 'its own: 4317 (gRPC) and 4318 (HTTP)';
    expect(told(of(undefined), 4317)).toEqual({ guessed: [], spoken: 'grpc' });
    expect(told(of(undefined), 4319)).toEqual({
      guessed: [`tempo:4319 is taken for a port of tempo’s (b.yaml says no ports; ${usual})`],
      spoken: 'grpc',
    });
    expect(told(of(undefined), 4318).guessed).toHaveLength(1);
    expect(told(undefined, 4317).guessed).toHaveLength(1);
    expect(told(undefined, 4319).guessed[1]).toBe(
      `tempo:4319 is taken for a port of tempo’s (nobody says so; ${usual})`,
    );
  });
});
