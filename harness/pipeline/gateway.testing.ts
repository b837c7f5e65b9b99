const contrib = 'otel/opentelemetry-collector-contrib:0.152.0';

/** A configuration as it stands below a key: each line four columns in. */
export const indented = (config: string): string => config.replaceAll('\n', '\n    ');

/** A gateway as the operator takes it. */
export const gatewayResource = (config: string, image = contrib): string => `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gw, namespace: obs }
spec:
  mode: deployment
  image: ${image}
  config:${config}`;

/** The same without the operator: its configuration is a file of a ConfigMap. */
export const gatewayWorkload = (config: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: { name: gw, namespace: obs }
data:
  c.yaml: |${config}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: gw, namespace: obs }
spec:
  selector: { matchLabels: { app: gw } }
  template:
    metadata: { labels: { app: gw } }
    spec:
      containers:
        - name: otc
          image: ${contrib}
          args: [--config=/conf/c.yaml]
          ports: [{ name: otlp-grpc, containerPort: 4317 }]
          volumeMounts: [{ name: c, mountPath: /conf }]
      volumes: [{ name: c, configMap: { name: gw } }]
`;
