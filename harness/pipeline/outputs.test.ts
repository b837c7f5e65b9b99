import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';
import { unfoldRoutes } from './routes.ts';
import { changed, edit, files, mistakesOf } from './two-tier.testing.ts';

const endpoint = 'spec.config.exporters.otlp_grpc/gateway.endpoint';
const sendTo = (host: string) => [edit('agent', endpoint, `${host}:4317`)];

describe('a host that is no Service of the folder', () => {
  it.each([
    ['gateway-colector', 'did you mean "gateway-collector"?'],
    ['gateway', 'did you mean "gateway-collector"?'],
    ['gateway-colector.observability.svc', 'did you mean "gateway-collector"?'],
    ['gateway-collector.observabilty', 'did you mean "gateway-collector.observability"?'],
  ])('is a slip where it is nearly one: %s', (host, hint) => {
    const [mistake, ...more] = mistakesOf(files, sendTo(host));
    expect(mistake).toContain(
      `exporter "otlp_grpc/gateway" sends to "${host}", which is no Service`,
    );
    expect(mistake).toMatch(
      /^agent\.yaml:63:19 .* \(set by s\.yaml:8:5\); known: .*gateway-collector/,
    );
    expect(mistake).toContain(hint);
    expect(more).toEqual([]);
  });

  it('is a slip where the Service is in another namespace', () => {
    const moved = changed('gateway.yaml', 'namespace: observability', 'namespace: default');
    const text = mistakesOf(moved).join('\n');
    expect(text).toContain('sends to "gateway-collector", which is no Service of the folder');
    expect(text).toContain('did you mean "gateway-collector.default"?');
  });

  it.each(['central-collector', 'gw', 'gateway-collector.central', 'gateway-colector.central'])(
    'else is a backend: %s',
    (host) => {
      const edits = sendTo(host);
      // Logs and metrics over gRPC can't be taken by a backend: that is what is wrong with it.
      expect(mistakesOf(files, edits).join()).not.toContain('no Service');
      const toTempo = [edit('gateway', 'spec.config.exporters.otlp_grpc/tempo.endpoint', host)];
      expect(loadPipeline('x', files, toTempo).backends[0]?.host).toBe(host);
    },
  );
});

describe('an address that the environment tells', () => {
  const tempo = 'spec.config.exporters.otlp_grpc/tempo.endpoint';
  const sentTo = (variable: object) => [
    edit('gateway', 'spec.env', [{ name: 'TO', ...variable }]),
    edit('gateway', tempo, `\${env:TO}`),
  ];

  it('is where it sends to', () => {
    const { backends, tiers } = loadPipeline('x', files, sentTo({ value: 'tempo.obs:4317' }));
    expect(backends[0]?.host).toBe('tempo.obs');
    // What is shown is what its author wrote.
    const sender = tiers[1]?.outputs.find(({ signal }) => signal === 'traces')?.exporter;
    expect(sender?.config.endpoint).toBe(`\${env:TO}`);
  });

  it('is a place outside where a Secret tells it that the folder lacks', () => {
    const valueFrom = { secretKeyRef: { name: 'vendor.eu', key: 'OTLP_ENDPOINT' } };
    expect(loadPipeline('x', files, sentTo({ valueFrom })).backends[0]).toMatchObject({
      host: 'placeholder-vendor-eu.invalid',
      kind: 'otlp',
      tls: true,
    });
  });

  it('is not known where it is the pod’s own', () => {
    const valueFrom = { fieldRef: { fieldPath: 'status.podIP' } };
    expect(mistakesOf(files, sentTo({ valueFrom })).join()).toContain('write the name');
  });

  it('is the agent where it is the node’s', () => {
    const valueFrom = { fieldRef: { fieldPath: 'status.hostIP' } };
    const composed = [
      edit('gateway', 'spec.env', [
        { name: 'NODE_IP', valueFrom },
        { name: 'TO', value: 'http://$(NODE_IP):4317' },
      ]),
      edit('gateway', tempo, `\${env:TO}`),
    ];
    const agent = (more: string) => `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: front, namespace: observability }
spec:
  mode: daemonset
  ${more}
  config:
    receivers: { otlp: { protocols: { grpc: {} } } }
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
`;
    const beside = (more: string) => [...files, { path: 'front.yaml', text: agent(more) }];
    for (const edits of [sentTo({ valueFrom }).slice(0, 1), composed]) {
      const own =
        edits === composed ? composed : [...edits, edit('gateway', tempo, `\${env:TO}:4317`)];
      for (const more of [
        'ports: [{ name: o, port: 4317, hostPort: 4317 }]',
        'hostNetwork: true',
      ]) {
        const { tiers } = loadPipeline('x', beside(more), own);
        const sent = tiers.find(({ name }) => name === 'gateway')?.outputs;
        expect(sent?.find(({ signal }) => signal === 'traces')?.to).toEqual({
          tier: 'front',
          service: 'its node',
          port: 4317,
        });
      }
      expect(mistakesOf(beside(''), own).join()).toContain(
        'sends to port 4317 of its own node, which no DaemonSet of the folder has as its hostPort',
      );
    }
  });
});

describe('a port', () => {
  const service = (clusterIP: string) => ({
    path: 'service.yaml',
    text: `
apiVersion: v1
kind: Service
metadata: { name: way-in, namespace: observability }
spec:
  ${clusterIP}
  selector: { app.kubernetes.io/name: gateway-collector }
  ports: [{ name: grpc, port: 4444, targetPort: 4317 }]
`,
  });
  const portOf = (clusterIP: string, path: string, value: unknown) => {
    const edits = [edit('agent', path, value)];
    const { tiers } = loadPipeline('x', [...files, service(clusterIP)], edits);
    const outputs = tiers[0]?.outputs.flatMap(({ to }) => ('tier' in to ? to : [])) ?? [];
    return outputs.find((to) => to.service === 'way-in')?.port;
  };

  it('is that of the pods behind the Service', () => {
    expect(portOf('type: ClusterIP', endpoint, 'way-in:4444')).toBe(4317);
  });

  it('is as written where the Service only tells their addresses', () => {
    expect(portOf('clusterIP: None', endpoint, 'way-in:4317')).toBe(4317);
    expect(portOf('clusterIP: None', endpoint, 'way-in:4444')).toBe(4444);
  });

  it('is as written too where loadbalancing asks for the addresses itself', () => {
    const resolver = 'spec.config.exporters.loadbalancing.resolver.k8s';
    const found = { service: 'way-in.observability', ports: [4444] };
    expect(portOf('type: ClusterIP', resolver, found)).toBe(4444);
  });
});

describe('a static resolver', () => {
  const path = 'spec.config.exporters.loadbalancing.resolver';
  const spreading = (...hostnames: string[]) => [edit('agent', path, { static: { hostnames } })];
  const pod = (ordinal: number) => `gateway-collector-${ordinal}.gateway-collector-headless`;
  const outputWith = (...hostnames: string[]) =>
    loadPipeline('x', files, spreading(...hostnames)).tiers[0]?.outputs[0];

  it.each([
    ['pods by their names', [`${pod(0)}:4317`, pod(1)], 'gateway-collector-headless'],
    ['pods with the namespace', [`${pod(0)}.observability.svc`], 'gateway-collector-headless'],
    ['a Service', ['gateway-collector:4317'], 'gateway-collector'],
  ])('leads to the tier of %s', (_, hostnames, service) => {
    expect(outputWith(...hostnames)).toMatchObject({
      loadBalancing: true,
      protocol: 'grpc',
      to: { tier: 'gateway', service, port: 4317 },
    });
  });

  it.each([
    [[pod(0), 'gateway-collectr-1.gateway-collector-headless'], /no Service of the folder and no/],
    [
      ['gateway-collectr'],
      /no Service of the folder and no pod of one.*did you mean "gateway-coll/,
    ],
    [[pod(0), `${pod(1)}:4319`], /spreads over several tiers or ports/],
    [[pod(0), 'agent-collector'], /spreads over several tiers or ports/],
    [['127.0.0.1:4317'], /is an address, not a name/],
  ])('is refused at its line: %s', (hostnames, message) => {
    const [mistake = ''] = mistakesOf(files, spreading(...hostnames));
    expect(mistake).toMatch(/^agent\.yaml:\d+:\d+ /);
    expect(mistake).toMatch(message);
  });
});

it('is one output a signal, however many of its pipelines name an exporter', () => {
  const text = `
receivers: { otlp: { protocols: { http: {} } } }
exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } }, otlphttp: { endpoint: "http://prometheus:9090" } }
service:
  pipelines:
    traces/1: { receivers: [otlp], exporters: [otlp] }
    traces/2: { receivers: [otlp], exporters: [otlp] }
    metrics/1: { receivers: [otlp], exporters: [otlphttp] }
    metrics/2: { receivers: [otlp], exporters: [otlphttp] }
`;
  const pipeline = loadPipeline('x', [{ path: 'config.yaml', text }]);
  const told = pipeline.tiers[0]?.outputs.map(({ signal, exporter }) => `${signal} ${exporter.id}`);
  expect(told).toEqual(['traces otlp', 'metrics otlphttp']);
  // Each of the two pipelines is a way to it, and there are no more.
  expect(unfoldRoutes(pipeline, 'traces')).toHaveLength(2);
});

describe('a port of a Service', () => {
  const notesOf = (host: string, port: number): readonly string[] =>
    loadPipeline('x', files, [edit('agent', endpoint, `${host}:${port}`)]).notes.filter((note) =>
      note.includes('no answer'),
    );

  it('that it does not have answers nobody, which is said once', () => {
    expect(notesOf('gateway-collector', 4319)).toEqual([
      expect.stringMatching(
        /^agent: otlp_grpc\/gateway gets no answer at port 4319 of Service "gateway-collector", which has .*4317.*; agent\.yaml:63: correct the port/,
      ),
    ]);
  });

  it('that it has does, and those of a headless one are its pods’', () => {
    expect(notesOf('gateway-collector', 4317)).toEqual([]);
    expect(notesOf('gateway-collector-headless', 4319)).toEqual([]);
  });
});
