import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../pipeline/load.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import { readVersions } from '../acquire/index.ts';
import { collectorPods, modelledVersion, unusablePrograms } from './podspec.ts';

const place = { file: 'agent.yaml', line: 3, column: 1 };
const withCommand = (...command: string[]) =>
  ({ tiers: [{ name: 'agent', workload: { command, place } }] }) as unknown as Pipeline;

it('starts collectors and nothing else', () => {
  expect(unusablePrograms(withCommand())).toEqual([]);
  expect(unusablePrograms(withCommand('/otelcol-contrib', '--config=/x'))).toEqual([]);
  expect(unusablePrograms(withCommand('sh', '-c', 'otelcol --config=/x'))).toEqual([
    expect.objectContaining({ place, message: expect.stringContaining('command "sh"') }),
  ]);
});

describe('what stands in for an image', () => {
  const pipeline = (image: string) =>
    ({
      resources: [],
      tiers: [{ name: 'gateway', workload: { image, kind: 'statefulset', replicas: 0 } }],
    }) as never;
  const noted = (image: string, version: string): string[] => {
    const notes: string[] = [];
    collectorPods(pipeline(image), 1, { path: '/otelcol', version }, notes);
    return notes;
  };
  const contrib = 'otel/opentelemetry-collector-contrib:';

  it('is the pinned version, of which the model is', async () => {
    const { binaries } = await readVersions();
    expect(binaries['otelcol-contrib'].version).toBe(modelledVersion);
    expect(noted(`${contrib}0.152.0`, '0.152.0')).toEqual([]);
  });

  it('is said where it is another', () => {
    expect(noted(`${contrib}0.140.0`, '0.152.0')).toEqual([
      `tier gateway asks for image ${contrib}0.140.0; it ran opentelemetry-collector-contrib 0.152.0`,
    ]);
    const [predicted, ran, ...others] = noted(`${contrib}0.152.0`, '0.151.0');
    expect(predicted).toMatch(/^collector 0\.151\.0 ran; .* predicted as of 0\.152\.0/);
    expect(ran).toMatch(/it ran opentelemetry-collector-contrib 0\.151\.0$/);
    expect(others).toEqual([]);
    expect(noted(`${contrib}v0.151.0`, '0.151.0')).toEqual([predicted]);
  });
});

it('mounts at a path as Linux takes it, whatever its form in the manifest', () => {
  const text = `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gw }
spec:
  volumes: [{ name: more, secret: { secretName: more } }, { name: own, emptyDir: {} }]
  volumeMounts:
    - { name: more, mountPath: /more/ }
    - { name: own, mountPath: /var//own/, subPath: ./queue/ }
  config:
    receivers: { otlp: { protocols: { grpc: {} } } }
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
---
apiVersion: v1
kind: Secret
metadata: { name: more }
stringData: { a.txt: one }
`;
  const pipeline = loadPipeline('x', [{ path: 'p.yaml', text }]);
  const [pod] = collectorPods(pipeline, 1, { path: '/otelcol', version: modelledVersion }, []);
  expect(pod?.files['/more/a.txt']).toBe('one');
  expect(pod?.volumes).toEqual([
    { path: '/var/own', readOnly: false, source: { empty: 'own/queue' } },
  ]);
});
