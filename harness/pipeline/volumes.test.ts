import { describe, expect, it } from 'vitest';
import { UserError } from '../lib/errors.ts';
import { loadPipeline } from './load.ts';

const manifest = (volumes: string) => `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gw, namespace: obs }
spec:
  image: otel/opentelemetry-collector-contrib:0.152.0
  volumes: [${volumes}]
  config:
    receivers: { otlp: { protocols: { grpc: {} } } }
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: own, namespace: obs }
data: { a.txt: one, b.txt: two }
`;

const load = (volumes: string) => loadPipeline('x', [{ path: 'p.yaml', text: manifest(volumes) }]);
const sourceOf = (volumes: string) => load(volumes).tiers[0]?.workload.volumes[1]?.source;

describe('readVolumes', () => {
  it.each<[string, string, object]>([
    ['without a kind', '{ name: v }', { emptyDir: true }],
    ['of a claim', '{ name: v, persistentVolumeClaim: { claimName: c } }', { claim: 'c' }],
    ['of the pod’s own', '{ name: v, ephemeral: { volumeClaimTemplate: {} } }', { emptyDir: true }],
    ['of a driver', '{ name: v, csi: { driver: secrets-store.csi.k8s.io } }', { emptyDir: true }],
    [
      'of the pod’s fields',
      '{ name: v, downwardAPI: { items: [{ path: labels, fieldRef: { fieldPath: metadata.labels } }] } }',
      { files: { labels: 'placeholder-downward-api-labels' } },
    ],
    [
      'of one key',
      '{ name: v, configMap: { name: own, items: [{ key: b.txt, path: c/d.txt }] } }',
      { files: { 'c/d.txt': 'two' } },
    ],
    [
      'of several sources',
      '{ name: v, projected: { sources: [{ configMap: { name: own, items: [{ key: a.txt, path: a }] } }, { serviceAccountToken: { path: token } }, { secret: { name: s, items: [{ key: k, path: k }] } }] } }',
      { files: { a: 'one', token: 'placeholder-service-account-token', k: 'placeholder-s-k' } },
    ],
  ])('has one %s', (_, volume, source) => {
    expect(sourceOf(volume)).toEqual(source);
  });

  it('takes a ConfigMap that the folder lacks for empty, but not a slip of one that it has', () => {
    const { tiers, notes } = load('{ name: v, configMap: { name: trusted-authorities } }');
    expect(tiers[0]?.workload.volumes[1]?.source).toEqual({ files: {} });
    expect(notes).toContain(
      'the folder has no ConfigMap "trusted-authorities" in namespace obs: it is empty here',
    );
    expect(() => load('{ name: v, configMap: { name: onw } }')).toThrow(/did you mean "own"/);
  });

  it.each([
    [
      'a kind that only a cluster has',
      '{ name: v, nfs: { server: s, path: /p } }',
      /kind "nfs".*Hint/,
    ],
    [
      'a key that is not there',
      '{ name: v, configMap: { name: own, items: [{ key: z, path: z }] } }',
      /p\.yaml:7:\d+ key: found "z", expected a key of ConfigMap "own"/,
    ],
  ])('refuses %s', (_, volume, said) => {
    expect(() => load(volume)).toThrow(UserError);
    expect(() => load(volume)).toThrow(said);
  });
});
