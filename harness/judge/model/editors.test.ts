import { describe, expect, it } from 'vitest';
import { processor, tierOf } from './causes.testing.ts';
import { editorOf } from './editors.ts';

const byUid = { sources: [{ from: 'resource_attribute', name: 'k8s.pod.uid' }] };
const byConnection = { sources: [{ from: 'connection' }] };
const stepsWith = (...associations: object[]) => {
  const processors = [
    processor('k8s_attributes', { pod_association: associations }),
    processor('attributes/flag', { actions: [{ key: 'flag', action: 'delete' }] }),
  ];
  return [{ tier: tierOf('agent', processors, []), processors }];
};
const podName = { key: 'k8s.pod.name', of: 'resource attribute', isAbsent: true } as const;

describe('editorOf', () => {
  it('metadata of a pod are k8s_attributes’, whose association looks for what was not sent', () => {
    const culprit = editorOf(podName, stepsWith(byUid), { 'service.name': 'shop' });
    expect(culprit?.component).toBe('agent/k8s_attributes');
    expect(culprit?.why).toMatch(/^pod_association: .*k8s\.pod\.uid is in nothing that was sent$/);
  });

  it.each([
    ['by what was sent', [byUid], { 'k8s.pod.uid': 'u1' }],
    ['by the connection as well', [byUid, byConnection], {}],
    ['by what it does unless told', [], {}],
  ])('else it found no such pod: %s', (_, associations, sent) => {
    const culprit = editorOf(podName, stepsWith(...associations), sent);
    expect(culprit?.why).toContain('it found no metadata of the pod');
    expect(culprit?.fix).toContain('right to get, list and watch pods');
  });

  it('an attribute is that processor’s whose actions name it, and nobody’s else', () => {
    const flag = { key: 'flag', of: 'attribute', isAbsent: false } as const;
    expect(editorOf(flag, stepsWith(byUid), {})?.component).toBe('agent/attributes/flag');
    expect(editorOf({ ...flag, key: 'other' }, stepsWith(byUid), {})).toBeUndefined();
    expect(editorOf({ ...podName, key: 'flag' }, stepsWith(byUid), {})).toBeUndefined();
  });
});
