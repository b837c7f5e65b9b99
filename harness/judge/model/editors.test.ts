import { describe, expect, it } from 'vitest';
import type { Attributes, WordLine } from '../../evidence/types.ts';
import { processor, tierOf } from './causes.testing.ts';
import { type Difference, editorOf } from './editors.ts';

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

const told = (
  difference: Difference,
  steps: ReturnType<typeof stepsWith>,
  sent: Attributes,
  ...lines: WordLine[]
) => editorOf(difference, steps, sent, { by: () => lines, startMs: 0 });

describe('editorOf', () => {
  it('metadata of a pod are k8s_attributes’, whose association looks for what was not sent', () => {
    const culprit = told(podName, stepsWith(byUid), { 'service.name': 'shop' });
    expect(culprit?.component).toBe('agent/k8s_attributes');
    expect(culprit?.why).toMatch(/^pod_association: .*k8s\.pod\.uid is in nothing that was sent$/);
  });

  it.each([
    ['by what was sent', [byUid], { 'k8s.pod.uid': 'u1' }],
    ['by the connection as well', [byUid, byConnection], {}],
    ['by what it does unless told', [], {}],
  ])('else it found no such pod: %s', (_, associations, sent) => {
    const culprit = told(podName, stepsWith(...associations), sent);
    expect(culprit?.why).toContain('it found no metadata of the pod');
    expect(culprit?.fix).toContain('right to get, list and watch pods');
  });

  it('or was denied the pods: with the right that is missing, and whose', () => {
    const error = 'pods is forbidden: User "system:serviceaccount:obs:agent" cannot list';
    const line = { pod: 'agent-0', words: 'is forbidden', about: 'pods', error, fromMs: 9 };
    const denied = { ...line, component: '', signal: '', toMs: 9, lines: 1 };
    const culprit = told(podName, stepsWith(byConnection), {}, denied);
    expect(culprit).toMatchObject({
      component: 'agent/k8s_attributes',
      fix: 'bind a role to ServiceAccount obs/agent that may get, list and watch pods',
    });
    expect(culprit?.why).toContain(`agent-0 said so 9 ms into the load: ${error}`);
    const other = { ...denied, about: 'endpointslices.discovery.k8s.io' };
    expect(told(podName, stepsWith(byConnection), {}, other)?.why).not.toContain('forbidden');
  });

  it('an attribute is that processor’s whose actions name it, and nobody’s else', () => {
    const flag = { key: 'flag', of: 'attribute', isAbsent: false } as const;
    expect(told(flag, stepsWith(byUid), {})?.component).toBe('agent/attributes/flag');
    expect(told({ ...flag, key: 'other' }, stepsWith(byUid), {})).toBeUndefined();
    expect(told({ ...podName, key: 'flag' }, stepsWith(byUid), {})).toBeUndefined();
  });
});
