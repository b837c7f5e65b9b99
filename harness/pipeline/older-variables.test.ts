import { expect, it } from 'vitest';
import { gatewayWorkload, indented } from './gateway.testing.ts';
import { loadPipeline } from './load.ts';
import { collector } from './shapes.testing.ts';

const config = (headers: string) => `
receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } }
exporters: { otlp/out: { endpoint: "tempo:4317", tls: { insecure: true }, headers: ${headers} } }
service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp/out] } } }
`;
const project = 'otel/opentelemetry-collector-contrib';
const workload = (image: string, headers: string) =>
  gatewayWorkload(indented(config(headers))).replace(`${project}:0.152.0`, image);
const load = (text: string) => loadPipeline('x', [{ path: 'p.yaml', text }]);
const headersIn = (text: string) =>
  load(text).tiers[0]?.components.find(({ id }) => id === 'otlp/out')?.config.headers;

it.each([
  ['{ a: "Bearer $KEY" }', { a: `Bearer \${env:KEY}` }],
  ['{ a: "$KEY/$OTHER_1" }', { a: `\${env:KEY}/\${env:OTHER_1}` }],
  ['{ a: "$$KEY" }', { a: '$$KEY' }],
  ['{ a: "$$$KEY" }', { a: `$$\${env:KEY}` }],
  ['{ a: "\\u0024{KEY}" }', { a: `\${KEY}` }],
  ['{ a: "[a-z]$" }', { a: '[a-z]$' }],
])('writes a variable with braces, as an older collector read it: %s', (headers, expected) => {
  expect(headersIn(workload(`${project}:0.103.1`, headers))).toEqual(expected);
});

it('says which, at an operator’s resource as well', () => {
  const { notes } = load(
    collector('gw', `image: ${project}:0.88.0`, config('{ "x.y": "$KEY", b: "$KEY" }')),
  );
  expect(notes.filter((note) => note.includes('$KEY'))).toEqual([
    `OpenTelemetryCollector/gw: $KEY is written \${env:KEY} here: collectors from 0.104 on know it by that alone`,
  ]);
});

it('spells an address before a reader is made of it', () => {
  const telemetry = 'service: { telemetry: { metrics: { address: "$POD_IP:8888" } }, pipelines';
  const written = config('{}').replace('service: { pipelines', telemetry);
  const { notes } = load(collector('gw', `image: ${project}:0.90.0`, written));
  expect(notes).toContainEqual(expect.stringMatching(/address "\$\{env:POD_IP\}:8888" is one of/));
});

it.each([`${project}:0.104.0`, 'vendor/collector:0.88.0'])(
  'leaves it where the collector of the image does: %s',
  (image) => {
    const held = workload(image, '{ a: "$KEY" }');
    expect(headersIn(held)).toEqual({ a: '$KEY' });
  },
);
