import { describe, expect, it } from 'vitest';
import { labelled } from './manifests.ts';
import { twoTier } from './pipeline.testing.ts';
import { fingerprintOf, unfitForWarm } from './warm.ts';

describe('a warm cluster', () => {
  const versions = {
    images: { kindNode: 'node:1' },
    manifests: { operator: 'v1' },
  } as unknown as Parameters<typeof fingerprintOf>[1];

  it('is of use only where it is made of the same', () => {
    const own = fingerprintOf('a', versions);
    expect(fingerprintOf('a', versions)).toBe(own);
    expect(fingerprintOf('b', versions)).not.toBe(own);
    const { images, manifests } = versions;
    const other = { images: { ...images, kindNode: 'node:2' }, manifests };
    expect(fingerprintOf('a', other)).not.toBe(own);
    const tempo = { images: { ...images, tempo: 'tempo:2' }, manifests };
    expect(fingerprintOf('a', tempo)).toBe(own);
  });

  it('is not for a pipeline whose resources could not be told from its own', () => {
    expect(unfitForWarm(twoTier)).toBeUndefined();
    const among = (kind: string, namespace: string) =>
      unfitForWarm({
        tiers: twoTier.tiers,
        resources: twoTier.resources.map((own, i) => (i === 0 ? { ...own, kind, namespace } : own)),
      });
    expect(among('ConfigMap', 'default')).toMatch(/namespace default/);
    expect(among('ConfigMap', 'kube-system')).toMatch(/namespace kube-system/);
    expect(among('ClusterRole', 'default')).toBeUndefined();
    expect(among('ConfigMap', 'my-default')).toBeUndefined();
  });

  it('knows what runs made of what is in no namespace', () => {
    const labels = { 'otel-pipeline-bench.run': 'one' };
    const object = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'a' } });
    const role = labelled({ ...object('ClusterRole'), rules: [] }, labels);
    expect(role).toEqual({
      ...object('ClusterRole'),
      rules: [],
      metadata: { name: 'a', labels },
    });
    const own = { ...object('Namespace'), metadata: { name: 'a', labels: { team: 'b' } } };
    expect(labelled(own, labels).metadata.labels).toEqual({ team: 'b', ...labels });
    expect(labelled(object('ConfigMap'), labels)).toEqual(object('ConfigMap'));
  });
});
