import { hasExpansion } from '../lib/expansion.ts';
import { list, misfit, type Reader } from './read.ts';
import type { Component, Workload } from './types.ts';

/** Both names of the processor that detects where a collector runs. */
export const detectorTypes: ReadonlySet<string> = new Set([
  'resourcedetection',
  'resource_detection',
]);

/**
 * A component with what its pod's environment tells it: the detector `env` reads attributes of the
 * resource there (resourcedetectionprocessor v0.152.0, internal/env/env.go). `environment` is
 * missing where they can't be told from the manifests.
 */
export function withEnvironment(
  component: Component,
  variables: Workload['environment'],
): Component {
  if (!detectorTypes.has(component.type)) return component;
  const values = ['OTEL_RESOURCE_ATTRIBUTES', 'OTEL_RESOURCE'].map((wanted) => {
    const value = variables.findLast(({ name }) => name === wanted)?.value ?? { literal: '' };
    return 'literal' in value && !value.literal.includes('$(') ? value.literal.trim() : undefined;
  });
  const [first, second] = values;
  const environment = first === '' ? second : first;
  const { environment: _, ...config } = component.config;
  return { ...component, config: environment === undefined ? config : { ...config, environment } };
}

/** Those of the program (resourcedetectionprocessor v0.152.0, factory.go). */
const detectors: readonly string[] = `
  akamai aks alibaba_ecs azure consul digitalocean docker dynatrace ec2 ecs eks elastic_beanstalk env
  gcp heroku hetzner ibmcloud_classic ibmcloud_vpc k8snode kubeadm lambda nova openshift oraclecloud
  scaleway system tencent_cvm upcloud vultr
`
  .trim()
  .split(/\s+/);

/** A detector that the program does not have ends it at once. */
export function checkDetectors(components: readonly Component[], reader: Reader): void {
  for (const { kind, id, type, config } of components) {
    if (kind !== 'processors' || !detectorTypes.has(type)) continue;
    list(config.detectors).forEach((name, i) => {
      if (hasExpansion(name) || detectors.includes(String(name))) return;
      const path = [kind, id, 'detectors', i];
      misfit(reader, name, path, 'a detector of the collector', detectors);
    });
  }
}
