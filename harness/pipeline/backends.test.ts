import { describe, expect, it } from 'vitest';
import type { Problem } from '../lib/errors.ts';
import { backendFor, listensElsewhere, type Sent, spokenAt } from './backends.ts';
import type { BenchFile } from './bench-file.ts';
import type { Backend, Component } from './types.ts';

const place = { file: 'p.yaml', line: 3, column: 5 };

const namespaces = new Set(['observability']);

const exporter: Component = { kind: 'exporters', id: 'otlp', type: 'otlp_grpc', config: {}, place };

function backendOf(host: string, over: Partial<Sent> = {}) {
  const backends = new Map<string, Backend>();
  const guessed: string[] = [];
  const missing: Problem[] = [];
  const usual = { protocol: 'http', tls: false, signal: 'traces' } as const;
  const id = backendFor(
    { exporter, host, port: 4317, place, ...usual, ...over },
    { backends, bench: undefined, namespaces, guessed, missing },
  );
  const { kind, tls } = backends.get(id ?? '') ?? {};
  return { kind, tls, guessed, problems: missing };
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
    expect(found).toEqual({ kind, tls: false, problems: [] });
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
      'prometheus:4317 gets traces beside what prometheus takes; one host of prometheus takes one signal here',
    );
    expect(backendOf('loki', { signal: 'logs', protocol: 'grpc' }).problems[0]?.message).toBe(
      'logs over gRPC to loki:4317: loki takes OTLP over HTTP only',
    );
  });
});

describe('a place outside that takes all signals', () => {
  const trusting = { ...exporter, config: { tls: { ca_file: '/x' } } };
  const https = { ...exporter, config: { endpoint: 'https://h' } };
  it.each<[string, string, Partial<Sent>, string, boolean]>([
    ['what goes out by https', 'otlp.vendor.example', { tls: true, port: 443 }, 'otlp', true],
    ['what goes out by TLS', 'api.vendor.io', { tls: true, protocol: 'grpc' }, 'otlp', true],
    ['logs over gRPC', 'logs', { signal: 'logs', protocol: 'grpc' }, 'otlp', false],
    ['no Tempo, by https', 'tempo.monitoring', { tls: true }, 'tempo', true],
    ['no Tempo, by gRPC', 'tempo', { tls: true, protocol: 'grpc' }, 'tempo', false],
    ['a cluster host', 'c.ns.svc', { tls: true, protocol: 'grpc' }, 'tempo', false],
    [
      'what names an authority',
      'c.ns.svc',
      { tls: true, protocol: 'grpc', exporter: trusting },
      'tempo',
      true,
    ],
    ['its scheme', 'c', { tls: true, protocol: 'grpc', exporter: https }, 'otlp', true],
  ])('is %s: %s', (_, host, over, kind, tls) => {
    expect(backendOf(host, over)).toMatchObject({ kind, tls, problems: [] });
  });

  it('is not a Service of a namespace that the folder uses, by whichever of its names', () => {
    const names = ['jaeger', 'jaeger.observability', 'jaeger.observability.svc'];
    for (const host of names) {
      const { kind, tls, guessed } = backendOf(host, { tls: true, protocol: 'grpc' });
      expect([host, kind, tls]).toEqual([host, 'tempo', false]);
      const slip = `${host}:4317 is taken to speak no TLS, although otlp does (no bench file says)`;
      expect(guessed).toContain(slip);
    }
    // Another namespace than the folder's can't be told from a place outside.
    for (const host of ['example.com', 'jaeger.observability.com', 'jaeger.tracing']) {
      const { kind, tls } = backendOf(host, { tls: true, protocol: 'grpc' });
      expect([host, kind, tls]).toEqual([host, 'otlp', true]);
    }
  });

  it('says whose word on TLS it does without', () => {
    const own = backendOf('tempo', { tls: true, protocol: 'grpc' });
    expect(own.guessed).toContain(
      'tempo:4317 is taken to speak no TLS, although otlp does (no bench file says)',
    );
  });

  it('is a host that gets several signals, whatever it was taken for before', () => {
    const context = {
      backends: new Map<string, Backend>(),
      namespaces,
      guessed: ['a'],
      missing: [],
    };
    const sent = {
      exporter,
      host: 'hub',
      port: 4318,
      protocol: 'http',
      tls: false,
      place,
    } as const;
    for (const signal of ['traces', 'logs', 'metrics'] as const) {
      expect(backendFor({ ...sent, signal }, { ...context, bench: undefined })).toBe('hub:4318');
    }
    expect(context.backends.get('hub:4318')).toMatchObject({
      kind: 'otlp',
      signals: ['traces', 'logs', 'metrics'],
    });
    expect(context.guessed).toEqual([
      'a',
      'hub:4318 is taken for an OTLP endpoint of all signals (no bench file says)',
    ]);
    expect(context.missing).toEqual([]);
  });

  it('is no part of a program that its name tells, at whichever port and path that serves', () => {
    const kinds = (host: string, signal: Sent['signal'], endpoint: string) => {
      const over = { ...exporter, type: 'otlp_http', config: { endpoint } };
      const sent = { exporter: over, signal, tls: true, port: 8080 };
      const { kind, tls, guessed } = backendOf(host, sent);
      return [kind, tls, guessed[0]?.replace(/^.* is taken for /, '')];
    };
    const host = 'tempo-gateway.tracing.svc';
    const told = (kind: string, what: string) => [kind, true, `${what}; no bench file says)`];
    expect(backendOf(host, { tls: true, protocol: 'grpc', port: 8090 }).kind).toBe('tempo');
    const tempo = told('tempo', 'tempo (it gets traces');
    expect(kinds(host, 'traces', `https://${host}:8080`)).toEqual(tempo);
    const loki = told('loki', 'loki (it gets logs');
    expect(kinds('loki-gateway', 'logs', 'https://loki-gateway:8080/otlp')).toEqual(loki);
    const other = 'an OTLP endpoint of all signals (its path is none of tempo’s';
    const path = '/api/traces/v1/dev';
    expect(kinds(host, 'traces', `https://${host}:8080${path}`)).toEqual(told('otlp', other));
    expect(kinds('tempo-prod.grafana.net', 'traces', 'https://tempo-prod.grafana.net')[0]).toBe(
      'otlp',
    );
  });

  it('is one of remote write where it gets nothing else', () => {
    const context = { backends: new Map<string, Backend>(), namespaces, guessed: [], missing: [] };
    const send = (type: string, signal: Sent['signal']) => {
      const own = { ...exporter, type, config: { endpoint: 'https://aps.example.com/write' } };
      const at = { host: 'aps.example.com', port: 443, protocol: 'http', tls: true } as const;
      backendFor({ ...at, exporter: own, signal, place }, { ...context, bench: undefined });
      return [...context.guessed];
    };
    const id = 'aps.example.com:443 is taken for';
    expect(send('prometheusremotewrite', 'metrics')).toEqual([
      `${id} a place outside that takes remote write (no bench file says)`,
    ]);
    expect(send('otlp_http', 'traces')).toEqual([
      `${id} an OTLP endpoint of all signals (no bench file says)`,
    ]);
    expect(send('prometheusremotewrite', 'metrics')).toHaveLength(1);
  });

  it('is not what its author says is something else', () => {
    const bench = {
      file: 'b.yaml',
      backends: [{ host: 'hub', kind: 'tempo', signals: ['traces'], tls: undefined, place }],
    } as unknown as BenchFile;
    const missing: Problem[] = [];
    const context = {
      backends: new Map<string, Backend>(),
      guessed: [],
      namespaces,
      missing,
      bench,
    };
    const sent = { exporter, host: 'hub', port: 4318, protocol: 'http', tls: true, place } as const;
    backendFor({ ...sent, signal: 'traces' }, context);
    backendFor({ ...sent, signal: 'logs' }, context);
    expect(missing.map(({ hint }) => hint)).toEqual([expect.stringContaining('kind: otlp }')]);
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
      exporter,
      tls: false,
      host: 'tempo',
      port,
      protocol,
      signal: 'traces',
      place,
    } as const;
    const context = { backends, bench, namespaces, guessed: [], missing: [] };
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

  it('that takes no gRPC is one at which nobody takes it, as Loki’s', () => {
    const ports = { http: 3100 };
    const backends = [{ host: 'loki', kind: 'loki', signals: ['logs'], ports, place }];
    const bench = { file: 'b.yaml', backends } as unknown as BenchFile;
    const empty = { backends: new Map<string, Backend>(), guessed: [], missing: [] };
    const context = { ...empty, bench, namespaces };
    const own = { exporter, tls: false, host: 'loki', port: 3100, place } as const;
    const sent = { ...own, protocol: 'grpc', signal: 'logs' } as const;
    expect(backendFor(sent, context)).toBe('loki:3100');
    expect(listensElsewhere(sent, context)).toEqual({ listensAt: '3100 (HTTP)' });
    expect(spokenAt({ ...own, protocol: 'grpc', ports })).toBe('http');
    expect(context.missing).toEqual([]);
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
