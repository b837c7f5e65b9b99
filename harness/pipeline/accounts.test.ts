import { expect, it } from 'vitest';
import { loadPipeline } from './load.ts';
import { isAllowed, readGrants } from './rbac.ts';
import { collector } from './shapes.testing.ts';

const config = `
receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } }
exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
`;
const gateway = collector('gw', 'serviceAccount: elsewhere', config);
const load = (more = '') => loadPipeline('x', [{ path: 'p.yaml', text: gateway + more }]);

const roleTo = (subject: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: pods }
rules: [{ apiGroups: [""], resources: [pods], verbs: [list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: pods }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: pods }
subjects: [{ kind: ServiceAccount, name: ${subject}, namespace: obs }]
---
`;

const mayList = (resource: string, more?: string, verb = 'list') =>
  isAllowed(readGrants(load(more).resources), {
    account: 'obs/elsewhere',
    verb,
    group: '',
    resource,
    namespace: 'shop',
    name: undefined,
  });

it('has one in place of an account that lies elsewhere, which may read and change nothing', () => {
  const { resources, notes } = load();
  expect(resources.map(({ kind, name }) => `${kind}/${name}`)).toEqual(
    expect.arrayContaining(['ServiceAccount/elsewhere', 'ClusterRole/obs-elsewhere-reads']),
  );
  expect(notes).toContain(
    'the folder has no ServiceAccount "elsewhere" in namespace obs: one stands for it that may read all objects',
  );
  expect(mayList('pods')).toBe(true);
  expect(mayList('replicasets')).toBe(true);
  expect(mayList('pods', '', 'delete')).toBe(false);
});

it('gives it no more than the folder binds to it', () => {
  expect(load(roleTo('elsewhere')).notes).toContain(
    'the folder has no ServiceAccount "elsewhere" in namespace obs: one stands for it that may do what the folder binds to it',
  );
  expect(mayList('pods', roleTo('elsewhere'))).toBe(true);
  expect(mayList('nodes', roleTo('elsewhere'))).toBe(false);
  expect(mayList('nodes', roleTo('another'))).toBe(true);
});

it('takes it for a mistake where the folder has others in the namespace', () => {
  const other = (namespace: string) => `
apiVersion: v1
kind: ServiceAccount
metadata: { name: collector, namespace: ${namespace} }
---
`;
  expect(() => load(other('obs'))).toThrow(/no ServiceAccount "elsewhere".*; known: collector/);
  expect(load(other('shop')).notes.join()).toContain('one stands for it');
});

it('makes none that the operator or Kubernetes makes', () => {
  for (const account of ['gw-collector', 'default']) {
    const text = gateway.replace('elsewhere', account);
    const { resources, notes } = loadPipeline('x', [{ path: 'p.yaml', text }]);
    expect(resources.some(({ kind }) => kind === 'ServiceAccount')).toBe(false);
    expect(notes.join()).not.toContain('ServiceAccount');
  }
});
