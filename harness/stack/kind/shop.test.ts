import { describe, expect, it } from 'vitest';
import { ownerObjects, podObject } from './shop.ts';

const pod = (name: string, service: string) => ({
  name,
  uid: `planned-${name}`,
  service,
  deployment: service,
  replicaSet: `${service}-1`,
  namespace: 'shop',
  node: 0,
  labels: { team: service },
});
const pods = [pod('a-1', 'a'), pod('a-2', 'a'), pod('b-1', 'b')];

describe('pods of the sample services', () => {
  const owners = ownerObjects(pods);

  it('have each owner once, that starts no pod and takes none over', () => {
    expect(owners.namespaces.map(({ metadata }) => metadata.name)).toEqual(['shop']);
    const sets = owners.replicaSets((key) => `uid of ${key}`);
    for (const { kind, metadata, spec } of [...owners.deployments, ...sets]) {
      const { replicas, selector } = spec as {
        replicas: number;
        selector: { matchLabels: Record<string, string> };
      };
      expect([kind, metadata.name, replicas]).toEqual([kind, metadata.name, 0]);
      const own = pods.flatMap(({ labels }) => Object.entries(labels));
      for (const pair of Object.entries(selector.matchLabels)) expect(own).not.toContainEqual(pair);
    }
    expect(owners.deployments.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect(sets.map(({ metadata }) => metadata.ownerReferences)).toMatchObject([
      [{ kind: 'Deployment', uid: 'uid of shop/a', controller: true }],
      [{ kind: 'Deployment', uid: 'uid of shop/b', controller: true }],
    ]);
  });

  it('keep name and labels, on the node that is named, and only wait', () => {
    const made = podObject(pods[0] ?? pod('', ''), 'pause:1', 'worker', 'set-uid');
    expect(made.metadata).toMatchObject({ name: 'a-1', labels: { team: 'a' } });
    expect(made.metadata?.ownerReferences).toEqual([
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'a-1', uid: 'set-uid' },
    ]);
    expect(made.spec).toMatchObject({ nodeName: 'worker', containers: [{ image: 'pause:1' }] });
  });

  it('run a program where they are those of the application', () => {
    const program = {
      container: { name: 'caddy', image: 'caddy:2' },
      volumes: [{ name: 'files' }],
    };
    const made = podObject(pods[0] ?? pod('', ''), 'pause:1', 'worker', 'set-uid', program);
    expect(made.metadata?.name).toBe('a-1');
    expect(made.spec).toMatchObject({
      containers: [{ image: 'caddy:2' }],
      volumes: [{ name: 'files' }],
    });
  });
});
