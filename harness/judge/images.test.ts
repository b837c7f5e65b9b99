import { expect, it } from 'vitest';
import { loadPipeline } from '../pipeline/load.ts';
import { checkImages } from './images.ts';

const manifest = (image: string) => `apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gateway, namespace: obs }
spec:
  mode: deployment${image}
  config:
    receivers: { otlp: { protocols: { http: { endpoint: 0.0.0.0:4318 } } } }
    processors:
      tail_sampling:
        decision_wait: 5s
        policies: [{ name: all, type: always_sample }]
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [otlp], processors: [tail_sampling], exporters: [otlp] } } }
`;
const checked = (image: string) =>
  checkImages(loadPipeline('mine', [{ path: 'p.yaml', text: manifest(image) }]));

it('a sampler on the operator’s default image fails, with image, place and who has it', () => {
  const check = checked('');
  expect(check).toMatchObject({ name: 'start', subject: 'gateway', verdict: 'fail' });
  const [finding, ...others] = check?.findings ?? [];
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    kind: 'component-not-in-image',
    component: 'gateway/tail_sampling',
    fix: 'set the image of gateway to opentelemetry-collector-contrib, or to a build of your own that has it',
  });
  expect(finding?.cause).toMatch(
    /^p\.yaml:10:9 processor "tail_sampling": .*opentelemetry-collector:0\.148\.0, the core distribution, .*; in k8s and contrib it is$/,
  );
});

it.each(['otel/opentelemetry-collector-contrib:0.152.0', 'corp/own-collector:1'])(
  'of %s nothing is known to be amiss',
  (image) => {
    expect(checked(`\n  image: ${image}`)).toBeUndefined();
  },
);
