import { loadPipeline } from './load.ts';
import type { Pipeline } from './types.ts';

/** Agents that tail log files; `offsets` is what a file_storage is set to, where they have one. */
export function logAgents(parts: {
  readonly volumes: string;
  readonly mounts: string;
  readonly receiver: string;
  readonly offsets?: string;
}): Pipeline {
  const { volumes, mounts, receiver, offsets } = parts;
  const storage = offsets === undefined ? '' : `extensions: { file_storage: ${offsets} }`;
  const started = offsets === undefined ? '' : 'extensions: [file_storage], ';
  const text = `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: logs, namespace: obs }
spec:
  mode: daemonset
  volumes: [${volumes}]
  volumeMounts: [${mounts}]
  config:
    receivers: { filelog: ${receiver} }
    exporters: { otlp_http: { endpoint: "http://loki:3100/otlp" } }
    ${storage}
    service: { ${started}pipelines: { logs: { receivers: [filelog], exporters: [otlp_http] } } }
`;
  return loadPipeline('x', [{ path: 'agents.yaml', text }], []);
}
