import { describe, expect, it } from 'vitest';
import { mistakesIn } from '../lib/errors.testing.ts';
import { gatewayResource, gatewayWorkload, indented } from './gateway.testing.ts';
import { loadPipeline } from './load.ts';

const config = (type: string, settings: string): string =>
  indented(`
receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } }
processors: { ${type}/a: ${settings} }
exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
service:
  pipelines:
    traces: { receivers: [otlp], processors: [${type}/a], exporters: [otlp] }
`);
const load = (text: string) => loadPipeline('x', [{ path: 'p.yaml', text }]);
const settingsOf = (text: string) => {
  const { environment: _, ...own } =
    load(text).tiers[0]?.components.find(({ kind }) => kind === 'processors')?.config ?? {};
  return own;
};

describe('a detector', () => {
  it.each(['resource_detection', 'resourcedetection'])(
    'is called as the program knows it, by %s',
    (type) => {
      const written = config(
        type,
        '{ detectors: [env, k8s_api], k8s_api: { auth_type: serviceAccount, resource_attributes: { k8s.cluster.uid: { enabled: true }, k8s.node.uid: { enabled: false } } } }',
      );
      for (const text of [gatewayResource(written), gatewayWorkload(written)]) {
        expect(settingsOf(text)).toEqual({
          detectors: ['env', 'k8snode'],
          k8snode: {
            auth_type: 'serviceAccount',
            resource_attributes: { 'k8s.node.uid': { enabled: false } },
          },
        });
        expect(load(text).notes).toContain(
          'detector "k8s_api" is called k8snode here, as the collector that runs it knows it, without k8s.cluster.uid',
        );
      }
    },
  );

  it('of an older collector is the one that took its place', () => {
    const text = gatewayWorkload(config('resourcedetection', '{ detectors: [gke, gce, system] }'));
    expect(settingsOf(text)).toEqual({ detectors: ['gcp', 'system'] });
  });

  it('that the program does not know is refused at its place', () => {
    const detecting = (names: string) =>
      load(gatewayWorkload(config('resourcedetection', `{ detectors: [${names}] }`)));
    expect(mistakesIn(() => detecting('env, sytem'))[0]).toMatch(
      /^p\.yaml:8:\d+ detectors: found "sytem", expected a detector of .*did you mean "system"/,
    );
    expect(detecting(`env, system, dynatrace, "\${env:DETECTOR}"`).tiers).toHaveLength(1);
  });
});
