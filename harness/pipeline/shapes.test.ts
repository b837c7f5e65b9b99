import { describe, it } from 'vitest';
import { collector, expectRead, k8s, type Shape } from './shapes.testing.ts';

/** Manifests in the shapes that public documentation has, one of a kind. */

/** As Helm renders the chart: what a template makes nothing of is left as an empty document. */
const chart = (config: string, image = 'otel/opentelemetry-collector-k8s:0.152.0') => `---
# Source: opentelemetry-collector/templates/serviceaccount.yaml
---
# Source: opentelemetry-collector/templates/configmap-agent.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: example-agent, namespace: obs }
data:
  relay: |
    ${config.trim().replaceAll('\n', '\n    ')}
---
# Source: opentelemetry-collector/templates/daemonset.yaml
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: example-agent, namespace: obs }
spec:
  selector: { matchLabels: { component: agent-collector } }
  template:
    metadata: { labels: { component: agent-collector } }
    spec:
      securityContext: {}
      containers:
        - name: opentelemetry-collector
          args: ["--config=/conf/relay.yaml"]
          image: ${image}
          ports:
            - { name: otlp, containerPort: 4317, protocol: TCP, hostPort: 4317 }
          env:
            - { name: MY_POD_IP, valueFrom: { fieldRef: { apiVersion: v1, fieldPath: status.podIP } } }
            - { name: GOMEMLIMIT, value: "410MiB" }
          readinessProbe: { httpGet: { path: /, port: 13133 } }
          volumeMounts:
            - { mountPath: /conf, name: opentelemetry-collector-configmap }
            - { mountPath: /var/log/pods, name: varlogpods, readOnly: true }
      volumes:
        - name: opentelemetry-collector-configmap
          configMap: { name: example-agent, items: [{ key: relay, path: relay.yaml }] }
        - { name: varlogpods, hostPath: { path: /var/log/pods } }
      hostNetwork: false
`;

const presets = `
extensions: { health_check: { endpoint: "\${env:MY_POD_IP}:13133" } }
receivers:
  otlp: { protocols: { grpc: { endpoint: "\${env:MY_POD_IP}:4317" } } }
  jaeger: { protocols: { thrift_http: { endpoint: "\${env:MY_POD_IP}:14268" } } }
  filelog: { include: [/var/log/pods/*/*/*.log], operators: [{ type: container }] }
  kubeletstats: { auth_type: serviceAccount, endpoint: "\${env:K8S_NODE_NAME}:10250" }
processors: { batch: {}, memory_limiter: { check_interval: 5s, limit_percentage: 80 } }
exporters: { debug: {}, otlp: { endpoint: "tempo.monitoring:4317", tls: { insecure: true } } }
service:
  extensions: [health_check]
  pipelines:
    traces: { receivers: [otlp, jaeger], processors: [memory_limiter, batch], exporters: [otlp] }
    metrics: { receivers: [otlp, kubeletstats], processors: [batch], exporters: [debug] }
    logs: { receivers: [otlp, filelog], processors: [batch], exporters: [debug] }
`;

const cluster = `
receivers: { k8s_cluster: {}, k8sobjects: { objects: [{ name: events, mode: watch }] } }
exporters: { otlp: { endpoint: "api.honeycomb.io:443", headers: { x-honeycomb-team: k } } }
service:
  pipelines:
    metrics: { receivers: [k8s_cluster], exporters: [otlp] }
    logs: { receivers: [k8sobjects], exporters: [otlp] }
`;

const adot = `
extensions: { sigv4auth: { region: us-east-1, service: aps } }
receivers:
  otlp: { protocols: { grpc: {} } }
  awsxray: { endpoint: "0.0.0.0:2000" }
exporters:
  awsxray: { region: us-east-1 }
  prometheusremotewrite: { endpoint: "https://aps.example/remote_write", auth: { authenticator: sigv4auth } }
service:
  extensions: [sigv4auth]
  pipelines:
    traces: { receivers: [otlp, awsxray], exporters: [awsxray] }
    metrics: { receivers: [otlp], exporters: [prometheusremotewrite] }
`;

const splunk = `
extensions: { memory_ballast: { size_mib: 165 }, zpages: null, k8s_observer: {} }
receivers:
  otlp: { protocols: { grpc: {} } }
  signalfx: { endpoint: "0.0.0.0:9943" }
  smartagent/forwarder: { type: signalfx-forwarder }
  receiver_creator: { watch_observers: [k8s_observer] }
exporters:
  signalfx: { access_token: "\${TOKEN}", realm: us0 }
service:
  extensions: [memory_ballast, zpages, k8s_observer]
  pipelines:
    traces: { receivers: [otlp, smartagent/forwarder], exporters: [signalfx] }
    metrics: { receivers: [receiver_creator, signalfx], exporters: [signalfx] }
`;

const old = `
apiVersion: opentelemetry.io/v1alpha1
kind: OpenTelemetryCollector
metadata: { name: otel, namespace: obs }
spec:
  image: otel/opentelemetry-collector-contrib:0.80.0
  config: |
    receivers: { otlp: { protocols: { grpc: , http: } } }
    processors: { batch: }
    exporters: { logging: { loglevel: debug }, jaeger: { endpoint: "jaeger:14250" } }
    service:
      pipelines:
        traces: { receivers: [otlp], processors: [batch], exporters: [logging, jaeger] }
`;

const connectors = `
receivers: { otlp: { protocols: { grpc: {}, http: {} } } }
connectors: { spanmetrics: {}, servicegraph: { store: { ttl: 2s } } }
exporters:
  otlp: { endpoint: "tempo:4317", tls: { insecure: true } }
  prometheusremotewrite: { endpoint: "http://mimir:9009/api/v1/push" }
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp, spanmetrics, servicegraph] }
    metrics: { receivers: [spanmetrics, servicegraph], exporters: [prometheusremotewrite] }
`;

const hc = collector('cluster', `image: ${k8s}`, cluster);

const shapes: Readonly<Record<string, Shape>> = {
  'the chart’s DaemonSet with its presets': {
    text: chart(presets),
    leftOut: ['kubeletstats'],
    tiers: ['example-agent'],
    backends: ['tempo.monitoring:4317'],
  },
  'the stack of charts: an agent, and a collector of the cluster': {
    text: `${chart(presets)}---${hc}`,
    leftOut: ['kubeletstats'],
    tiers: ['example-agent'],
    backends: ['tempo.monitoring:4317'],
  },
  'AWS’s distribution, to X-Ray and to Prometheus by signed requests': {
    text: collector('gw', 'image: amazon/aws-otel-collector:v0.43.3', adot),
    leftOut: ['awsxray', 'sigv4auth'],
    backends: ['awsxray.replaced.invalid:4318', 'aps.example:443'],
  },
  'Splunk’s agent': {
    text: collector(
      'gw',
      'mode: daemonset\nimage: quay.io/signalfx/splunk-otel-collector:0.142.0',
      splunk,
    ),
    leftOut: [
      'signalfx',
      'smartagent/forwarder',
      'receiver_creator',
      'memory_ballast',
      'zpages',
      'k8s_observer',
    ],
    backends: ['signalfx.replaced.invalid:4318'],
  },
  'the old API with exporters of then': {
    text: old,
    leftOut: [],
    tiers: ['otel'],
    backends: ['jaeger.replaced.invalid:4318'],
  },
  'metrics of spans, by the connectors’ former names': {
    text: connectors,
    leftOut: [],
    tiers: ['gateway'],
    backends: ['tempo:4317', 'mimir:9009'],
  },
};

describe('a shape of public documentation', () => {
  it.each(Object.entries(shapes))('%s', (_, shape) => {
    expectRead(shape);
  });
});
