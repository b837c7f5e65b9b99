import { expect, it } from 'vitest';
import { gatewayResource, gatewayWorkload, indented } from './gateway.testing.ts';
import { loadPipeline } from './load.ts';

const sending = (to: string, grpc: string): string =>
  indented(`
receivers: { otlp: { protocols: { grpc: ${grpc} } } }
exporters: { otlp: { endpoint: "${to}", tls: { insecure: true } } }
service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
`);
const service = `
---
apiVersion: v1
kind: Service
metadata: { name: gw, namespace: obs }
spec: { selector: { app: gw }, ports: [{ port: 4317 }] }
---`;
const notesOf = (grpc: string): string => {
  const gateway = gatewayWorkload(sending('tempo:4317', grpc)) + service;
  const agent = gatewayResource(sending('gw:4317', '{}')).replace('name: gw,', 'name: agent,');
  return loadPipeline('x', [{ path: 'p.yaml', text: gateway + agent }]).notes.join('\n');
};

it('tells of an exporter that sends to a receiver which listens for its own pod only', () => {
  expect(notesOf('{}')).toMatch(
    /agent: otlp is refused by gw, whose receiver "otlp" listens on localhost; p\.yaml:7: write protocols\.grpc\.endpoint: 0\.0\.0\.0:4317/,
  );
  expect(notesOf('{ endpoint: "localhost:4317" }')).toMatch(/listens on localhost/);
  expect(notesOf('{ endpoint: "0.0.0.0:4317" }')).not.toMatch(/listens on localhost/);
});

it('tells of an exporter that sends to a receiver which takes other signals alone', () => {
  const notes = (taking: string): string => {
    const gateway = indented(`
receivers:
  otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } }
  otlp/own: { protocols: { grpc: { endpoint: "0.0.0.0:14317" } } }
exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } }, debug: {} }
service:
  pipelines:
    metrics: { receivers: [otlp], exporters: [debug] }
    traces: { receivers: [${taking}], exporters: [otlp] }
`);
    const agent = gatewayResource(sending('gw:4317', '{}')).replace('name: gw,', 'name: agent,');
    const text = gatewayWorkload(gateway) + service + agent;
    return loadPipeline('x', [{ path: 'p.yaml', text }]).notes.join('\n');
  };
  expect(notes('otlp/own')).toMatch(
    /agent: otlp is refused by gw, whose receiver "otlp" at port 4317 takes no traces; p\.yaml:\d+: name it/,
  );
  expect(notes('otlp/own, otlp')).not.toMatch(/takes no traces/);
});
