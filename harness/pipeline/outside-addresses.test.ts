import { expect, it } from 'vitest';
import { loadPipeline } from './load.ts';
import { collector } from './shapes.testing.ts';

const sending = (name: string, endpoint: string) =>
  collector(
    name,
    'mode: deployment',
    `
receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } }
exporters: { otlp/far: { endpoint: "${endpoint}", tls: { insecure: true } } }
service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp/far] } } }
`,
  );
const load = (text: string) => loadPipeline('x', [{ path: 'p.yaml', text }]);

it('names what is sent to by an address outside, so that it can be recorded', () => {
  const { backends, notes, tiers } = load(sending('gw', 'http://203.0.113.7:4317'));
  expect(backends.map(({ id }) => id)).toEqual(['address-203-0-113-7.invalid:4317']);
  expect(notes).toContain(
    'OpenTelemetryCollector/gw: exporter "otlp/far" sends to 203.0.113.7; address-203-0-113-7.invalid stands for it, where it can be recorded',
  );
  expect(tiers[0]?.outputs[0]?.exporter.place.line).toBe(9);
});

it('takes the address of a Service for that Service', () => {
  const service = `
apiVersion: v1
kind: Service
metadata: { name: next, namespace: obs }
spec:
  clusterIP: 10.96.0.20
  selector: { app.kubernetes.io/name: next-collector }
  ports: [{ name: otlp, port: 4317 }]
---
`;
  const behind = sending('next', 'tempo:4317');
  const { tiers } = load(sending('gw', '10.96.0.20:4317') + behind + service);
  expect(tiers.map(({ name }) => name)).toEqual(['gw', 'next']);
  expect(tiers[0]?.outputs[0]?.to).toMatchObject({ tier: 'next' });
});

it.each(['127.0.0.1:4317', 'localhost:4317'])('leaves %s, which is of the pod itself', (host) => {
  expect(() => load(sending('gw', host))).toThrow(/is an address, not a name/);
});
