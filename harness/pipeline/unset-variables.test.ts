import { expect, it } from 'vitest';
import { gatewayResource, gatewayWorkload, indented } from './gateway.testing.ts';
import { loadPipeline } from './load.ts';

const config = indented(`
receivers: { otlp: { protocols: { grpc: { endpoint: "\${env:MY_POD_IP}:4317" } } } }
processors:
  resource:
    attributes:
      - { key: project, action: insert, value: "\${PROJECT}" }
      - { key: again, action: insert, value: "a-\${env:PROJECT}" }
      - { key: region, action: insert, value: "\${env:REGION:-eu}" }
      - { key: price, action: insert, value: "$\${PRICE}" }
      - { key: pod, action: insert, value: "\${env:POD_NAME}-\${env:HOSTNAME}-\${TEMPO_SERVICE_HOST}" }
exporters:
  otlp: { endpoint: "tempo:4317", tls: { insecure: true } }
service: { pipelines: { traces: { receivers: [otlp], processors: [resource], exporters: [otlp] } } }
`);
const notesOf = (text: string) =>
  loadPipeline('x', [{ path: 'p.yaml', text }]).notes.filter((note) => note.includes('nothing of'));

it('names each variable once that nothing of the folder sets, with its place', () => {
  expect(notesOf(gatewayResource(config))).toEqual([
    'OpenTelemetryCollector/gw: nothing of the folder sets MY_POD_IP (p.yaml:9), PROJECT (p.yaml:13), so the collector takes that for empty',
  ]);
  const set = ['MY_POD_IP', 'PROJECT', 'POD_NAME'].map((name) => `{ name: ${name}, value: a }`);
  const workload = gatewayWorkload(config);
  expect(notesOf(workload)[0]).toMatch(
    /^Deployment\/gw: nothing .* MY_POD_IP \(p\.yaml:7\), PROJECT .*, POD_NAME \(p\.yaml:15\), so/,
  );
  expect(notesOf(workload.replace('args:', `env: [${set}]\n          args:`))).toEqual([]);
});
