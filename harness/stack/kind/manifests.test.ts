import { describe, expect, it } from 'vitest';
import {
  imagesOf,
  inPhases,
  type Manifest,
  missingNamespaces,
  passesByItself,
  readManifests,
} from './manifests.ts';

const object = (kind: string, name: string, namespace?: string): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: namespace === undefined ? { name } : { name, namespace },
});

describe('manifests', () => {
  it('are read one by one, items of a list as well, empty documents left out', () => {
    const text = `
apiVersion: v1
kind: Namespace
metadata: { name: a }
---
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Service, metadata: { name: b } }
  - { apiVersion: v1, kind: Service, metadata: { name: c } }
`;
    expect(
      readManifests('m.yaml', text).map(({ kind, metadata }) => [kind, metadata.name]),
    ).toEqual([
      ['Namespace', 'a'],
      ['Service', 'b'],
      ['Service', 'c'],
    ]);
    expect(() => readManifests('m.yaml', 'a: [')).toThrow('m.yaml:1:');
  });

  it('are applied after what they may name', () => {
    const kinds = ['Deployment', 'Service', 'Widget', 'Namespace', 'CustomResourceDefinition'];
    const phases = inPhases(kinds.map((kind) => object(kind, 'x')));
    expect(phases.map((phase) => phase.map(({ kind }) => kind))).toEqual([
      ['Namespace'],
      ['CustomResourceDefinition'],
      ['Service'],
      ['Deployment', 'Widget'],
    ]);
  });

  it('get the namespaces that they name and do not make', () => {
    const objects = [
      object('Namespace', 'made'),
      object('Service', 's', 'made'),
      object('Service', 's', 'named'),
      object('ConfigMap', 'c', 'named'),
      object('Service', 's', 'default'),
      object('ClusterRole', 'r'),
    ];
    expect(missingNamespaces(objects).map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
      ['Namespace', 'named'],
    ]);
  });

  it('name their images wherever containers stand, a definition’s schema apart', () => {
    const spec = {
      initContainers: [{ name: 'i', image: 'one:1' }],
      containers: [
        { name: 'a', image: 'two:2' },
        { name: 'b', image: 'one:1' },
      ],
    };
    const deployment = { ...object('Deployment', 'd'), spec: { template: { spec } } };
    const definition = {
      ...object('CustomResourceDefinition', 'd'),
      spec: { containers: [{ image: 'no:1' }] },
    };
    expect(imagesOf([deployment, definition])).toEqual(['one:1', 'two:2']);
  });

  it('are tried again only where waiting helps', () => {
    expect(passesByItself('Internal error: failed calling webhook "x": dial tcp')).toBe(true);
    expect(passesByItself('the cluster has no Certificate of cert-manager.io/v1')).toBe(true);
    expect(passesByItself('spec.replicas: Invalid value: -1')).toBe(false);
  });
});
