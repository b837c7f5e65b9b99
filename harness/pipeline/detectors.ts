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
