import { describe, expect, it } from 'vitest';
import { collector, expectRead, k8s, load, type Shape } from './shapes.testing.ts';

/** Manifests as vendors' guides, charts and demos have them, one of a kind. */

const toTempo = 'otlp: { endpoint: "tempo:4317", tls: { insecure: true } }';
const onlyTraces = (exporters: string, id = 'otlp'): string => `
receivers: { otlp: { protocols: { grpc: {} } } }
exporters: { ${exporters} }
service: { pipelines: { traces: { receivers: [otlp], exporters: [${id}] } } }
`;

/** Dynatrace’s, New Relic’s and Elastic’s guides: the address is in the environment alone. */
const byVariable = onlyTraces(`otlphttp: { endpoint: "\${env:DT_ENDPOINT}" }`, 'otlphttp');
const byHost = onlyTraces(`otlp: { endpoint: "\${env:BACKEND_HOST}:4317" }`);

/** OpenShift’s: Tempo’s gateway, by the authority and the token of the pod’s own account. */
const account = '/var/run/secrets/kubernetes.io/serviceaccount';
const openShift = `
extensions: { bearertokenauth: { filename: ${account}/token } }
receivers: { otlp: { protocols: { grpc: {} } } }
exporters:
  otlp:
    endpoint: tempo-simplest-gateway.tempo.svc.cluster.local:8090
    tls: { ca_file: ${account}/service-ca.crt }
    auth: { authenticator: bearertokenauth }
service:
  extensions: [bearertokenauth]
  pipelines: { traces: { receivers: [otlp], exporters: [otlp] } }
`;

/** As charts of collectors after 0.152 render them. */
const later = `
receivers: { otlp: { protocols: { grpc: {} } } }
processors: { resource_detection/env: { detectors: [env] }, cumulative_to_delta: }
exporters:
  debug:
  load_balancing:
    protocol: { otlp: { tls: { insecure: true } } }
    resolver: { dns: { hostname: sampler-collector-headless } }
service:
  pipelines:
    traces:
      receivers: [otlp]
      processors: [resource_detection/env]
      exporters: [load_balancing]
    metrics:
      receivers: [otlp]
      processors: [cumulative_to_delta]
      exporters: [debug]
`;

/** A getting-started guide: a Pod alone, telemetrygen beside it, a Service with targetPort 0. */
const pod = `
apiVersion: v1
kind: ConfigMap
metadata: { name: c, namespace: obs }
data:
  config.yaml: |
    ${onlyTraces(toTempo).trim().replaceAll('\n', '\n    ')}
---
apiVersion: v1
kind: Pod
metadata: { name: gw, namespace: obs, labels: { app: gw } }
spec:
  containers:
    - name: gen
      image: ghcr.io/open-telemetry/opentelemetry-collector-contrib/telemetrygen:v0.120.0
    - name: gw
      image: otel/opentelemetry-collector-contrib:0.152.0
      args: ["--config=/conf/config.yaml"]
      volumeMounts: [{ name: c, mountPath: /conf }]
  volumes: [{ name: c, configMap: { name: c } }]
---
apiVersion: v1
kind: Service
metadata: { name: gw, namespace: obs }
spec: { selector: { app: gw }, ports: [{ port: 4317, targetPort: 0 }] }
---
`;

/** The project’s demo: Jaeger, which is configured as a collector is, behind the collector. */
const jaeger = `
apiVersion: v1
kind: ConfigMap
metadata: { name: user-config, namespace: obs }
data:
  config.yaml: |
    ${onlyTraces('jaeger_storage_exporter: { trace_storage: a }', 'jaeger_storage_exporter')
      .trim()
      .replaceAll('\n', '\n    ')}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: jaeger, namespace: obs }
spec:
  selector: { matchLabels: { app: jaeger } }
  template:
    metadata: { labels: { app: jaeger } }
    spec:
      containers:
        - name: jaeger
          image: jaegertracing/jaeger:2.11.0
          args: ["--config", "/conf/config.yaml"]
          volumeMounts: [{ name: c, mountPath: /conf }]
      volumes: [{ name: c, configMap: { name: user-config } }]
---
apiVersion: v1
kind: Service
metadata: { name: jaeger, namespace: obs }
spec: { selector: { app: jaeger }, ports: [{ name: otlp, port: 4317 }] }
---
`;

const shapes: Readonly<Record<string, Shape>> = {
  'a bare configuration that sends where a variable says': {
    text: byVariable,
    leftOut: [],
    tiers: ['gateway'],
    backends: ['placeholder-dt-endpoint.invalid:443'],
  },
  'a variable of a Secret that the folder lacks, for a host': {
    text: collector('gw', 'envFrom: [{ secretRef: { name: vendor } }]', byHost),
    leftOut: [],
    backends: ['placeholder-backend-host.invalid:4317'],
  },
  'variables for host and port': {
    text: collector(
      'gw',
      'envFrom: [{ secretRef: { name: vendor } }]',
      byHost.replace(':4317', `:\${env:BACKEND_PORT}`),
    ),
    leftOut: [],
    backends: ['placeholder-backend-host.invalid:443'],
  },
  'OpenShift’s Tempo': {
    text: collector('gw', `image: ${k8s}`, openShift),
    leftOut: [],
    backends: ['tempo-simplest-gateway.tempo.svc.cluster.local:8090'],
  },
  'names of later collectors': {
    text: `${collector('agent', `image: ${k8s}`, later)}${collector('sampler', `image: ${k8s}`, onlyTraces(toTempo))}`,
    leftOut: [],
    tiers: ['agent', 'sampler'],
    backends: ['tempo:4317'],
  },
  'a Pod of its own': { text: pod, leftOut: [], backends: ['tempo:4317'] },
  'Jaeger beside its collector': {
    text: `${jaeger}${collector('gw', `image: ${k8s}`, onlyTraces('otlp: { endpoint: "jaeger:4317", tls: { insecure: true } }'))}`,
    leftOut: [],
    backends: ['jaeger:4317'],
  },
  'anchors, and what is merged from them': {
    text: `
receivers: { otlp: { protocols: { grpc: {} } } }
processors: { batch: { send_batch_size: 1_000 } }
exporters:
  otlp/a: &to { endpoint: "tempo:4317", tls: { insecure: true } }
  otlp/b: { <<: *to, endpoint: "archive:4317" }
service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp/a, otlp/b] } } }
`,
    leftOut: [],
    tiers: ['gateway'],
    backends: ['tempo:4317', 'archive:4317'],
  },
};

describe('a shape of guides and charts', () => {
  it.each(Object.entries(shapes))('%s', (_, shape) => {
    expectRead(shape);
  });

  it('says by which names the program knows what later ones call otherwise', () => {
    const { tiers, notes } = load(shapes['names of later collectors']?.text ?? '');
    const processors = tiers[0]?.pipelines.flatMap((own) => own.processors.map(({ id }) => id));
    expect(processors).toEqual(['resourcedetection/env', 'cumulativetodelta']);
    expect(tiers[0]?.outputs[0]).toMatchObject({ to: { tier: 'sampler' }, loadBalancing: true });
    expect(notes.filter((note) => note.includes('is called')).length).toBe(3);
  });

  it('gives what reads a placeholder’s variable the same address', () => {
    for (const text of [
      byVariable,
      shapes['a variable of a Secret that the folder lacks, for a host']?.text ?? '',
    ]) {
      const [tier] = load(text).tiers;
      const told = tier?.workload.environment.find(({ name }) => /ENDPOINT|HOST/.test(name));
      expect(JSON.stringify(told?.value)).toMatch(
        /placeholder-(dt-endpoint|backend-host)\.invalid/,
      );
    }
  });

  it('has what Splunk’s collector sets for itself, unless it is set', () => {
    const image = 'image: quay.io/signalfx/splunk-otel-collector:0.158.0';
    const valuesOf = (env: string): Record<string, unknown> => {
      const [tier] = load(collector('gw', `${image}\n${env}`, onlyTraces(toTempo))).tiers;
      const own = tier?.workload.environment ?? [];
      return Object.fromEntries(own.map(({ name, value }) => [name, Object.values(value)[0]]));
    };
    expect(valuesOf('env: [{ name: SPLUNK_REALM, value: us0 }]')).toMatchObject({
      SPLUNK_MEMORY_LIMIT_MIB: '460',
      SPLUNK_LISTEN_INTERFACE: '0.0.0.0',
      SPLUNK_TRACE_URL: 'https://ingest.us0.observability.splunkcloud.com/v2/trace',
    });
    const set = '{ name: SPLUNK_LISTEN_INTERFACE, value: 127.0.0.1 }';
    const own = valuesOf(`env: [{ name: SPLUNK_MEMORY_TOTAL_MIB, value: "1000" }, ${set}]`);
    expect(own).toMatchObject({
      SPLUNK_MEMORY_LIMIT_MIB: '900',
      SPLUNK_LISTEN_INTERFACE: '127.0.0.1',
    });
    expect(own).not.toHaveProperty('SPLUNK_TRACE_URL');
  });
});
