import { describe, expect, it } from 'vitest';
import { entryOf, entryTierOf, entryUrl } from './entry.ts';
import { loadPipeline } from './load.ts';
import { edit, files } from './two-tier.testing.ts';

const entryWith = (...edits: Parameters<typeof edit>[]) => {
  const entry = entryOf(
    loadPipeline(
      'x',
      files,
      edits.map((args) => edit(...args)),
    ),
  );
  return entry && `${entry.tier.name}:${entry.port} by ${entry.by}`;
};

const rawAgents = (daemonPort: string, service: string) =>
  entryOf(
    loadPipeline(
      'raw',
      [
        {
          path: 'raw.yaml',
          text: `
apiVersion: v1
kind: ConfigMap
metadata: { name: agent, namespace: obs }
data:
  c.yaml: |
    receivers: { otlp: { protocols: { http: { endpoint: 0.0.0.0:4318 } } } }
    exporters: { otlp_grpc: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp_grpc] } } }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: obs }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      containers:
        - name: otel
          image: otel/opentelemetry-collector-contrib:0.152.0
          args: [--config=/etc/otel/c.yaml]
          ports: [{ name: otlp, containerPort: 4318${daemonPort} }]
          volumeMounts: [{ name: c, mountPath: /etc/otel }]
      volumes: [{ name: c, configMap: { name: agent } }]
${service}`,
        },
      ],
      [],
    ),
  )?.by;

const serviceWith = (more: string): string => `---
apiVersion: v1
kind: Service
metadata: { name: agent, namespace: obs }
spec:
  selector: { app: agent }
  ports: [{ name: otlp, port: 80, targetPort: 4318 }]
${more}`;

describe('the way in', () => {
  it('is the node’s own agent, by the port that it has on its node', () => {
    expect(entryWith()).toBe('agent:4318 by node');
  });

  it('is the node’s own agent, by the Service that the operator makes for a DaemonSet', () => {
    expect(entryWith(['agent', 'spec.ports', []])).toBe('agent:4318 by node');
  });

  it.each(['deployment', 'statefulset'])('is the Service of a %s', (mode) => {
    const ports = [{ name: 'otlp-http', port: 4318 }];
    expect(entryWith(['agent', 'spec.mode', mode], ['agent', 'spec.ports', ports])).toBe(
      'agent:4318 by service',
    );
  });

  it('is whatever a DaemonSet of one’s own has in front of it', () => {
    expect(rawAgents('', '')).toBe('node');
    expect(rawAgents(', hostPort: 4318', serviceWith(''))).toBe('node');
    expect(rawAgents('', serviceWith('  internalTrafficPolicy: Local'))).toBe('node');
    expect(rawAgents('', serviceWith(''))).toBe('service');
  });
});

it('is what its author says beside the manifests', () => {
  const pipeline = loadPipeline('two-tier', files);
  const place = { file: 'b.yaml', line: 1, column: 1 };
  const entries = [{ tier: 'agent', signals: ['traces'], by: 'service', place }] as const;
  expect(entryOf({ ...pipeline, entries })?.by).toBe('service');
  expect(entryOf({ ...pipeline, entries: [{ ...entries[0], by: undefined }] })?.by).toBe('node');
});

describe('how the load goes in', () => {
  const protocols = 'spec.config.receivers.otlp.protocols';
  it.each([
    ['over HTTP where the agents take both', {}, 'http', 4318],
    [
      'over gRPC where they take nothing else',
      { grpc: { endpoint: '0.0.0.0:4317' } },
      'grpc',
      4317,
    ],
    ['at the port that is written', { grpc: { endpoint: '0.0.0.0:9317' } }, 'grpc', 9317],
    ['at the usual port where none is', { grpc: null }, 'grpc', 4317],
  ])('%s', (_, written, protocol, port) => {
    const edits = Object.keys(written).length > 0 ? [edit('agent', protocols, written)] : [];
    expect(entryOf(loadPipeline('x', files, edits))).toMatchObject({ protocol, port });
  });

  it('names each signal as its protocol does', () => {
    expect(entryUrl({ protocol: 'http', tls: false }, '10.0.0.1:4318', 'logs')).toBe(
      'http://10.0.0.1:4318/v1/logs',
    );
    expect(entryUrl({ protocol: 'grpc', tls: true }, '10.0.0.1:4317', 'traces')).toBe(
      'grpcs://10.0.0.1:4317/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    );
  });
});

const collector = (name: string, mode: string, signals: string[], to: (s: string) => string) => `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: ${name}, namespace: obs }
spec:
  mode: ${mode}
  config:
    receivers: { otlp: { protocols: { ${mode === 'deployment' ? 'grpc' : 'http'}: {} } } }
    exporters:
${signals.map((s) => `      otlp_http/${s}: { endpoint: "http://${to(s)}:4318" }`).join('\n')}
    service:
      pipelines:
${signals.map((s) => `        ${s}: { receivers: [otlp], exporters: [otlp_http/${s}] }`).join('\n')}
`;

/** Two collectors beside each other, and one behind them that takes both. */
const apart = loadPipeline('apart', [
  {
    path: 'apart.yaml',
    text: [
      collector('traces', 'deployment', ['traces'], () => 'both-collector'),
      collector('logs', 'daemonset', ['logs'], () => 'both-collector'),
      collector('both', 'statefulset', ['traces', 'logs', 'metrics'], (signal) => `to-${signal}`),
    ].join('---'),
  },
]);

describe('each signal has its own way in', () => {
  it('by the tier that takes it and is sent it by no other', () => {
    expect(entryOf(apart, 'traces')).toMatchObject({
      tier: { name: 'traces' },
      protocol: 'grpc',
      by: 'service',
    });
    expect(entryOf(apart, 'logs')).toMatchObject({
      tier: { name: 'logs' },
      port: 4318,
      protocol: 'http',
      by: 'node',
    });
    // No other sends it metrics, so applications may.
    expect(entryTierOf(apart, 'metrics')?.name).toBe('both');
  });

  it('is none where no tier takes it from outside', () => {
    const tiers = apart.tiers.filter(({ name }) => name !== 'both');
    expect(entryOf({ ...apart, tiers }, 'metrics')).toBeUndefined();
  });

  it('is where its author says, even behind another tier', () => {
    const place = { file: 'b.yaml', line: 1, column: 1 };
    const entries = [{ tier: 'both', signals: ['logs'], by: undefined, place }] as const;
    expect(entryTierOf({ ...apart, entries }, 'logs')?.name).toBe('both');
    expect(entryTierOf({ ...apart, entries }, 'traces')?.name).toBe('traces');
  });
});

describe('spans that no tier takes by OTLP', () => {
  const entry = (receivers: string, taking: string) => {
    const text = `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gw, namespace: obs }
spec:
  mode: deployment
  config:
    receivers: { ${receivers} }
    exporters: { otlp_grpc: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [${taking}], exporters: [otlp_grpc] } } }
`;
    return entryOf(loadPipeline('x', [{ path: 'gw.yaml', text }], []));
  };

  it('enter as spans of Zipkin, at its path', () => {
    const own = entry('zipkin: { endpoint: "0.0.0.0:9412" }', 'zipkin');
    const inForm = { form: 'zipkin', receiver: { id: 'zipkin' } };
    expect(own).toMatchObject({ port: 9412, protocol: 'http', inForm });
    const way = { protocol: 'http', tls: false, form: 'zipkin' } as const;
    expect(entryUrl(way, 'gw:9412', 'traces')).toBe('http://gw:9412/api/v2/spans');
  });

  it('enter as spans of Jaeger, over HTTP where both lead in', () => {
    const grpc = 'grpc: { endpoint: "0.0.0.0:14250" }';
    const thrift = 'thrift_http: { endpoint: "0.0.0.0:14269" }';
    const both = entry(`jaeger: { protocols: { ${grpc}, ${thrift} } }`, 'jaeger');
    expect(both).toMatchObject({ port: 14269, protocol: 'http', inForm: { form: 'jaegerThrift' } });
    const one = entry(`jaeger: { protocols: { ${grpc} } }`, 'jaeger');
    expect(one).toMatchObject({ port: 14250, protocol: 'grpc', inForm: { form: 'jaegerProto' } });
    const way = { protocol: 'grpc', tls: false, form: 'jaegerProto' } as const;
    const url = 'grpc://gw:14250/jaeger.api_v2.CollectorService/PostSpans';
    expect(entryUrl(way, 'gw:14250', 'traces')).toBe(url);
  });

  it('enter without an endpoint where the operator writes one', () => {
    expect(entry('zipkin', 'zipkin')).toMatchObject({ port: 9411 });
    const jaeger = 'jaeger: { protocols: { grpc: } }';
    expect(entry(jaeger, 'jaeger')).toMatchObject({ port: 14250, protocol: 'grpc' });
  });

  it('enter by OTLP where that leads in as well', () => {
    const own = entry(
      'zipkin: { endpoint: "0.0.0.0:9411" }, otlp: { protocols: { http: {} } }',
      'zipkin, otlp',
    );
    expect(own).toMatchObject({ port: 4318 });
    expect(own?.inForm).toBeUndefined();
  });

  it.each([
    'zipkin: { endpoint: "localhost:9411" }',
    'zipkin: { endpoint: "0.0.0.0:9411", parse_string_tags: true }',
    'zipkin: { endpoint: "0.0.0.0:9411", tls: { cert_file: a } }',
    'jaeger: { protocols: { thrift_compact: { endpoint: "0.0.0.0:6831" } } }',
    'jaeger: { protocols: { grpc: { endpoint: "0.0.0.0:14250", auth: { authenticator: a } } } }',
  ])('do not by { %s }', (receiver) => {
    expect(entry(receiver, receiver.split(':')[0] ?? '')).toBeUndefined();
  });
});

describe('several receivers of OTLP in one collector', () => {
  const internal = 'otlp/internal: { protocols: { grpc: { endpoint: "0.0.0.0:14317" } } }';
  const enters = (receivers: string, ...taking: readonly (readonly [string, string])[]) => {
    const text = `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gw, namespace: obs }
spec:
  mode: deployment
  config:
    receivers: { ${receivers} }
    exporters: { otlp_http: { endpoint: "https://otlp.example.com" }, debug: {} }
    service: { pipelines: { ${taking.map(([id, own]) => `${id}: ${own}`).join(', ')} } }
`;
    const pipeline = loadPipeline('x', [{ path: 'gw.yaml', text }], []);
    return (['traces', 'metrics'] as const).map((signal) => {
      const { receiver, protocol, port } = entryOf(pipeline, signal) ?? {};
      return `${receiver?.id} ${protocol} ${port}`;
    });
  };
  const on = (receiver: string): string => `{ receivers: [${receiver}], exporters: [otlp_http] }`;

  it('let each signal in by one of its own pipelines, whichever is written first', () => {
    const own = `${internal}, otlp: { protocols: { grpc: {} } }`;
    expect(enters(own, ['traces', on('otlp')], ['metrics/internal', on('otlp/internal')])).toEqual([
      'otlp grpc 4317',
      'otlp/internal grpc 14317',
    ]);
  });

  it('let it in by the port that OTLP is sent to, before a collector’s own telemetry', () => {
    const own = `${internal}, otlp: { protocols: { grpc: {}, http: {} } }`;
    const metrics = ['metrics/internal', on('otlp/internal')] as const;
    const both = enters(own, metrics, ['metrics/otlp', on('otlp')], ['traces', on('otlp')]);
    expect(both).toEqual(['otlp http 4318', 'otlp http 4318']);
  });

  it('let it in where it is sent on, and where others than its own pod get in', () => {
    const ends = '{ receivers: [otlp], exporters: [debug] }';
    const own = `otlp: { protocols: { http: {} } }, ${internal}`;
    const leading = ['traces/on', on('otlp/internal')] as const;
    const beside = ['metrics', on('otlp, otlp/internal')] as const;
    expect(enters(own, ['traces/debug', ends], leading, beside)).toEqual([
      'otlp/internal grpc 14317',
      'otlp http 4318',
    ]);
    const local = `otlp: { protocols: { http: { endpoint: "localhost:4318" } } }, ${internal}`;
    expect(enters(local, ['traces', on('otlp')], beside)).toEqual([
      'otlp http 4318',
      'otlp/internal grpc 14317',
    ]);
  });
});
