import { describe, expect, it } from 'vitest';
import { typeOf } from './components.ts';
import { distributionOf, imageGaps, imagesConfig } from './images.ts';
import { loadPipeline } from './load.ts';
import { edit, files } from './two-tier.testing.ts';
import type { Component, ComponentKind, Pipeline } from './types.ts';

const releases = 'ghcr.io/open-telemetry/opentelemetry-collector-releases';
const core = 'otel/opentelemetry-collector:0.152.0';
const k8s = 'otel/opentelemetry-collector-k8s:0.152.0';

describe('an image', () => {
  it.each([
    ['otel/opentelemetry-collector', 'core'],
    ['otel/opentelemetry-collector:latest', 'core'],
    [`${releases}/opentelemetry-collector:0.148.0`, 'core'],
    [`registry.corp:5000/mirror/otel/opentelemetry-collector:v0.152.0@sha256:ab`, 'core'],
    [`${releases}/opentelemetry-collector-k8s:0.152.0`, 'k8s'],
    ['otel/opentelemetry-collector-contrib:0.152.0', 'contrib'],
    ['public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3', 'ADOT'],
    ['amazon/aws-otel-collector:latest', 'ADOT'],
    ['registry.redhat.io/rhosdt/opentelemetry-collector-rhel9:0.135.1-1', 'Red Hat'],
  ])('%s is the %s distribution', (image, distribution) => {
    expect(distributionOf(image)).toBe(distribution);
  });

  it.each([
    ['of one’s own', 'registry.corp/team/opentelemetry-collector:0.152.0'],
    ['of one’s own beside the project’s', 'otel/opentelemetry-collector-custom:0.152.0'],
    ['of a version before the lists', 'otel/opentelemetry-collector:0.90.0'],
    ['of a version after them', 'otel/opentelemetry-collector:0.170.0'],
    [
      'of a vendor’s later version',
      'registry.redhat.io/rhosdt/opentelemetry-collector-rhel9:0.149.0',
    ],
    ['of a vendor, by its digest alone', 'rhosdt/opentelemetry-collector-rhel8@sha256:ab'],
    ['of a vendor’s earlier version', 'amazon/aws-otel-collector:v0.40.0'],
    ['with a tag that tells no version', 'otel/opentelemetry-collector:nightly'],
  ])('%s is not known', (_, image) => {
    expect(distributionOf(image)).toBeUndefined();
  });
});

describe('where an image looks for its configuration', () => {
  it.each([
    ['otel/opentelemetry-collector:0.152.0', '/etc/otelcol/config.yaml'],
    ['otel/opentelemetry-collector:0.104.0', '/etc/otelcol/config.yaml'],
    ['otel/opentelemetry-collector:0.170.0', '/etc/otelcol/config.yaml'],
    ['otel/opentelemetry-collector:nightly', '/etc/otelcol/config.yaml'],
    [`${releases}/opentelemetry-collector-contrib:0.42.0`, '/etc/otelcol-contrib/config.yaml'],
    [`${releases}/opentelemetry-collector-contrib:0.41.0`, '/etc/otel/config.yaml'],
    ['otel/opentelemetry-collector:0.35.0', '/etc/otel/config.yaml'],
    ['amazon/aws-otel-collector:v0.40.0', '/etc/otel-config.yaml'],
    ['registry.corp/team/otelcol:1.2.3', '/etc/otelcol-contrib/config.yaml'],
    [k8s, undefined],
  ])('%s: %s, whatever its version is known for', (image, path) => {
    expect(imagesConfig(image)).toBe(path);
  });
});

/** A tier with one component of a type, under an image. */
function gapsOf(image: string, kind: ComponentKind, id: string) {
  const place = { file: 'p.yaml', line: 1, column: 1 };
  const component: Component = { kind, id, type: typeOf(kind, id), config: {}, place };
  const tiers = [{ name: 'gw', components: [component], leftOut: [], workload: { image } }];
  const gaps = imageGaps({ tiers } as unknown as Pipeline);
  return gaps.map(({ component: { id: lacking }, has }) => `${lacking} in ${has.join(', ')}`);
}

describe('what an image lacks', () => {
  it.each<[ComponentKind, string, string]>([
    ['processors', 'tail_sampling', 'k8s, contrib'],
    ['processors', 'k8sattributes/old', 'k8s, contrib'],
    ['exporters', 'loadbalancing', 'k8s, contrib'],
    ['exporters', 'elasticsearch', 'contrib'],
    ['connectors', 'spanmetrics', 'k8s, contrib'],
    ['extensions', 'file_storage', 'k8s, contrib'],
    ['extensions', 'oidc', 'k8s, contrib'],
    ['receivers', 'filelog', 'k8s, contrib'],
    ['exporters', 'of_our_own', ''],
  ])('core: %s %s', (kind, id, has) => {
    expect(gapsOf(core, kind, id)).toEqual([`${id} in ${has}`]);
  });

  it.each<[ComponentKind, string]>([
    ['receivers', 'otlp'],
    ['receivers', 'host_metrics'],
    ['processors', 'memory_limiter'],
    ['processors', 'probabilistic_sampler'],
    ['exporters', 'otlp/tempo'],
    ['exporters', 'otlp_grpc'],
    ['exporters', 'otlphttp'],
    ['exporters', 'otlp_http'],
    ['exporters', 'prometheusremotewrite'],
    ['connectors', 'forward'],
    ['extensions', 'health_check'],
  ])('not %s %s, which core has', (kind, id) => {
    expect(gapsOf(core, kind, id)).toEqual([]);
  });

  it('k8s: what only contrib has; of contrib and of builds of one’s own nothing is said', () => {
    expect(gapsOf(k8s, 'exporters', 'kafka')).toEqual(['kafka in contrib']);
    expect(gapsOf(k8s, 'processors', 'tail_sampling')).toEqual([]);
    const contrib = 'otel/opentelemetry-collector-contrib:0.152.0';
    expect(gapsOf(contrib, 'exporters', 'of_our_own')).toEqual([]);
    expect(gapsOf(contrib, 'processors', 'routing')).toEqual(['routing in ']);
    expect(gapsOf(contrib, 'processors', 'concurrentbatch')).toEqual(['concurrentbatch in ']);
    expect(gapsOf('corp/collector-of-ours', 'processors', 'tail_sampling')).toEqual([]);
  });

  it('vendors’: ADOT has no transform, Red Hat’s no redaction; what they have is not said', () => {
    const vendors = [
      'public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3',
      'registry.redhat.io/rhosdt/opentelemetry-collector-rhel8:0.127.0',
    ];
    const lacking = (kind: ComponentKind, id: string) =>
      vendors.map((image) => gapsOf(image, kind, id).length);
    expect(lacking('processors', 'transform')).toEqual([1, 0]);
    expect(lacking('processors', 'redaction')).toEqual([1, 1]);
    expect(lacking('processors', 'tail_sampling')).toEqual([0, 0]);
    expect(lacking('receivers', 'awscontainerinsightreceiver')).toEqual([0, 1]);
    expect(lacking('connectors', 'spanmetrics')).toEqual([1, 0]);
  });

  it('a pipeline on contrib lacks nothing; on the operator’s default, what it samples with', () => {
    expect(imageGaps(loadPipeline('two-tier', files))).toEqual([]);
    const bare = loadPipeline('two-tier', files, [edit('agent', 'spec.image', undefined)]);
    const lacking = imageGaps(bare).map(({ tier, component }) => `${tier}/${component.id}`);
    expect(lacking[0]).toBe('agent/loadbalancing');
    expect(lacking).toContain('agent/k8s_attributes');
  });
});
