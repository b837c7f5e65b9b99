import { expect } from 'vitest';
import { imageGaps } from './images.ts';
import { loadPipeline } from './load.ts';
import type { Pipeline } from './types.ts';

export const collector = (name: string, spec: string, config: string): string => `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: ${name}, namespace: obs }
spec:
  ${spec.trim().replaceAll('\n', '\n  ')}
  config:
    ${config.trim().replaceAll('\n', '\n    ')}
---
`;

export const k8s =
  'ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s:0.152.0';

export interface Shape {
  readonly text: string;
  /** Receivers and extensions that are left out. */
  readonly leftOut: readonly string[];
  readonly tiers?: readonly string[];
  readonly backends: readonly string[];
}

export const load = (text: string): Pipeline => loadPipeline('x', [{ path: 'p.yaml', text }]);

/** What is read of a shape. */
export function expectRead(shape: Shape): void {
  const { tiers, backends, notes } = load(shape.text);
  expect(tiers.map(({ name }) => name)).toEqual(shape.tiers ?? ['gw']);
  expect(tiers.flatMap(({ leftOut }) => leftOut.map(({ id }) => id))).toEqual(shape.leftOut);
  expect(backends.map(({ id }) => id)).toEqual(shape.backends);
  for (const id of shape.leftOut) {
    expect(notes).toContainEqual(expect.stringContaining(`"${id}" is left out: `));
  }
  expect(imageGaps({ tiers })).toEqual([]);
}
