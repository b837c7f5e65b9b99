import { describe, expect, it } from 'vitest';
import type { Component } from '../../pipeline/types.ts';
import { differingKeys, editAttributes, editResource } from './edits.ts';

const place = { file: 'p.yaml', line: 1, column: 1 };
const processor = (type: string, config: Record<string, unknown>): Component => ({
  kind: 'processors',
  id: type,
  type,
  config,
  place,
});
const pod = {
  name: 'shop-abc-1',
  uid: 'u1',
  service: 'shop',
  deployment: 'shop',
  replicaSet: 'shop-abc',
  namespace: 'prod',
  node: 0,
  labels: { team: 'blue' },
};

describe('editAttributes', () => {
  it('runs insert, update, upsert and delete as the processor does', () => {
    const redact = processor('attributes', {
      actions: [
        { key: 'db.statement', action: 'update', value: '[redacted]' },
        { key: 'absent', action: 'update', value: 'x' },
        { key: 'present', action: 'insert', value: 'new' },
        { key: 'added', action: 'insert', value: 1 },
        { key: 'copy', action: 'upsert', from_attribute: 'present' },
        { key: 'secret', action: 'delete' },
      ],
    });
    const edited = editAttributes({ 'db.statement': 'SELECT', present: 'old', secret: 's' }, [
      redact,
    ]);
    expect(edited.attributes).toEqual({
      'db.statement': '[redacted]',
      present: 'old',
      added: 1,
      copy: 'old',
    });
    expect(differingKeys(edited, { ...edited.attributes, secret: 's' })).toEqual(['secret']);
  });

  it('says nothing of keys that an action treats in a way that is not modelled', () => {
    const hashed = processor('attributes', { actions: [{ key: 'user', action: 'hash' }] });
    const edited = editAttributes({ user: 'me', other: 1 }, [hashed]);
    expect(differingKeys(edited, { user: 'f00', other: 1 })).toEqual([]);
    expect(differingKeys(edited, { user: 'f00', other: 2 })).toEqual(['other']);
  });
});

describe('editResource', () => {
  const k8s = processor('k8s_attributes', {
    extract: {
      metadata: ['k8s.pod.name', 'k8s.node.name', 'k8s.pod.start_time'],
      labels: [{ tag_name: 'team', key: 'team', from: 'pod' }],
    },
  });

  it('expects the pod’s own metadata', () => {
    const edited = editResource({ 'service.name': 'shop' }, [k8s], { pod, nodeName: 'n1' });
    expect(edited.attributes).toEqual({
      'service.name': 'shop',
      'k8s.pod.name': 'shop-abc-1',
      'k8s.node.name': 'n1',
      team: 'blue',
    });
    const wrong = { ...edited.attributes, 'k8s.pod.name': 'other', 'k8s.pod.start_time': 'x' };
    expect(differingKeys(edited, wrong)).toEqual(['k8s.pod.name']);
  });
});
