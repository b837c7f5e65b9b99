import { describe, expect, it } from 'vitest';
import type { ApplicationPod, Applications } from './applications.ts';
import { discoveredOf, isKnownDiscovery } from './discovered.ts';

const pod: ApplicationPod = {
  name: 'cart-0',
  namespace: 'shop',
  labels: { app: 'cart', 'a.b/c': 'x' },
  annotations: { 'prometheus.io/scrape': 'true' },
  address: '10.0.0.1',
  index: 0,
  owner: { kind: 'StatefulSet', name: 'cart' },
  containers: [
    {
      name: 'cart',
      image: 'cart:1',
      ports: [
        { name: 'http', port: 80 },
        { name: 'metrics', port: 9464 },
      ],
    },
  ],
};
const service = {
  name: 'cart',
  namespace: 'shop',
  labels: { tier: 'web' },
  annotations: {},
  selector: { app: 'cart' },
  ports: [{ name: 'web', port: 8080, target: 'http' }],
  pods: [pod],
};
const applications: Applications = { pods: [pod], services: [service] };
const find = (discovery: object) =>
  discoveredOf({ kubernetes_sd_configs: [discovery] }, applications, 'obs');

describe('what service discovery finds', () => {
  it('are the ports of pods, with what marks them', () => {
    const [, second, ...others] = find({ role: 'pod' });
    expect(others).toEqual([]);
    expect(second).toMatchObject({
      __address__: '10.0.0.1:9464',
      __meta_kubernetes_pod_container_port_name: 'metrics',
      __meta_kubernetes_pod_label_a_b_c: 'x',
      __meta_kubernetes_pod_labelpresent_app: 'true',
      __meta_kubernetes_pod_annotation_prometheus_io_scrape: 'true',
    });
  });

  it('are the ends of Services, and the other ports of the pods behind them', () => {
    const [end, other, ...others] = find({ role: 'endpointslice' });
    expect(others).toEqual([]);
    expect(end).toMatchObject({
      __address__: '10.0.0.1:80',
      __meta_kubernetes_endpointslice_port_name: 'web',
      __meta_kubernetes_service_label_tier: 'web',
      __meta_kubernetes_pod_container_port_name: 'http',
    });
    expect(other?.__address__).toBe('10.0.0.1:9464');
    expect(other).not.toHaveProperty('__meta_kubernetes_endpointslice_port_name');
    expect(find({ role: 'endpoints' })[0]).toMatchObject({
      __meta_kubernetes_endpoint_port_name: 'web',
    });
  });

  it('is asked of namespaces', () => {
    expect(find({ role: 'pod', namespaces: { names: ['other'] } })).toEqual([]);
    expect(find({ role: 'pod', namespaces: { own_namespace: true } })).toEqual([]);
    expect(find({ role: 'pod', namespaces: { names: ['shop'] } })).toHaveLength(2);
  });

  it('is known of some roles alone', () => {
    const isKnown = (discovery: object): boolean =>
      isKnownDiscovery({ kubernetes_sd_configs: [discovery] });
    expect(isKnown({ role: 'pod' })).toBe(true);
    expect(isKnown({ role: 'node' })).toBe(false);
    expect(isKnown({ role: 'pod', selectors: [] })).toBe(false);
    expect(isKnownDiscovery({ dns_sd_configs: [{}] })).toBe(false);
  });
});
