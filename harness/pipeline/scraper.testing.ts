import { loadPipeline } from './load.ts';
import type { Pipeline } from './types.ts';

/** A tier that scrapes, in front of Prometheus. @param jobs one a line, as `scrape_configs` */
export function scraper(jobs: readonly string[], more = ''): Pipeline {
  const text = `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: scraper, namespace: obs }
spec:
  mode: statefulset
  replicas: 2
  ${more}
  config:
    receivers:
      prometheus:
        config:
          global: { scrape_interval: 5s }
          scrape_configs:
${jobs.map((job) => `            - ${job}\n`).join('')}
    exporters: { prometheusremotewrite: { endpoint: "http://prometheus:9090/api/v1/write" } }
    service:
      pipelines: { metrics: { receivers: [prometheus], exporters: [prometheusremotewrite] } }
`;
  return loadPipeline('x', [{ path: 'scraper.yaml', text }], []);
}
