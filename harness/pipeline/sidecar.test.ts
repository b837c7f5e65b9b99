import { describe, expect, it } from 'vitest';
import { UserError } from '../lib/errors.ts';
import { entryOf, isLocalEntry } from './entry.ts';
import { loadPipeline } from './load.ts';

const sidecar = (name = 'side') => `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: ${name}, namespace: shop }
spec:
  mode: sidecar
  config:
    receivers: { otlp: { protocols: { http: { endpoint: localhost:4318 } } } }
    exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }
`;
const application = (name: string, inject: string | undefined, namespace = 'shop') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata:
      labels: { app: ${name} }
      annotations: { ${inject === undefined ? '' : `sidecar.opentelemetry.io/inject: "${inject}"`} }
    spec: { containers: [{ name: app, image: "example/${name}:1" }] }
`;
const namespace = (inject: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, annotations: { sidecar.opentelemetry.io/inject: "${inject}" } }
`;
const load = (...documents: string[]) =>
  loadPipeline('sidecars', [{ path: 'a.yaml', text: documents.join('---') }]);
const carriers = (...documents: string[]) => load(...documents).tiers[0]?.workload.injectedInto;
const told = (...documents: string[]): string => {
  try {
    load(...documents);
    return '';
  } catch (error) {
    return error instanceof UserError ? error.message : String(error);
  }
};

describe('who carries a sidecar', () => {
  it.each([
    ['true', ['orders']],
    ['side', ['orders']],
    ['shop/side', ['orders']],
  ])('is who asks for it: %s', (inject, expected) => {
    expect(carriers(sidecar(), application('orders', inject), application('a', undefined))).toEqual(
      expected,
    );
  });

  it('is nobody who says no, or says nothing', () => {
    const off = [application('a', 'false'), application('b', undefined)];
    expect(carriers(sidecar(), application('orders', 'side'), ...off)).toEqual(['orders']);
    expect(told(sidecar(), ...off)).toMatch(/a\.yaml:6:\d+ no pod carries sidecar "side"/);
  });

  it('may be asked for by the whole namespace; a pod’s own word goes first', () => {
    const all = [application('a', undefined), application('b', 'false'), application('c', 'true')];
    expect(carriers(sidecar(), namespace('side'), ...all)).toEqual(['a', 'c']);
  });

  it('can’t be who asks for one that is none, or for any of several', () => {
    expect(told(sidecar(), application('orders', 'sid'))).toMatch(
      /Deployment\/orders asks for sidecar "sid", which is no sidecar.*side/,
    );
    expect(told(sidecar(), sidecar('second'), application('orders', 'true'))).toMatch(
      /which of several is meant/,
    );
    expect(told(sidecar(), application('orders', 'side', 'other'))).toMatch(/no sidecar/);
  });

  it('is any simulated service where the folder has no applications, and that is said', () => {
    const { tiers, notes } = load(sidecar());
    expect(tiers[0]?.workload).toMatchObject({ kind: 'sidecar', injectedInto: undefined });
    expect(notes.join('\n')).toMatch(/each simulated service is taken to carry it/);
  });
});

it('is entered in each pod, at its localhost, under no Service', () => {
  const pipeline = load(sidecar(), application('orders', 'side'));
  const entry = entryOf(pipeline);
  expect(entry).toMatchObject({ by: 'pod', port: 4318, protocol: 'http' });
  expect(entry && isLocalEntry(entry)).toBe(true);
  expect(pipeline.services).toEqual([]);
});

describe('a volume of the pods that carry a sidecar', () => {
  const mounting = (name: string, more = '') =>
    sidecar().replace(
      '  mode: sidecar\n',
      `  mode: sidecar\n  volumeMounts: [{ name: ${name}, mountPath: /shared }]\n${more}`,
    );
  const having = (volume: string, name = 'orders', own = 'shop') =>
    application(name, 'shop/side', own).replace(
      'spec: { containers',
      `spec: { volumes: [${volume}], containers`,
    );
  const volumes = (...documents: string[]) =>
    load(...documents).tiers[0]?.workload.volumes.filter(({ name }) => name !== 'otc-internal');

  it('is one that the sidecar mounts, empty where the application would fill it', () => {
    const documents = [mounting('logs'), having('{ name: logs, emptyDir: {} }')];
    expect(volumes(...documents)).toEqual([{ name: 'logs', source: { emptyDir: true } }]);
    expect(load(...documents).notes.join('\n')).toMatch(
      /side: volume "logs" is that of the pods of Deployment\/orders: .* writes nothing there/,
    );
    expect(
      volumes(mounting('logs'), having('{ name: logs, nfs: { server: s, path: / } }')),
    ).toEqual([{ name: 'logs', source: { emptyDir: true } }]);
  });

  it('holds what the folder tells, in the namespace of the application', () => {
    const map =
      '\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: m, namespace: away }\ndata: { a: b }\n';
    const carrying = having('{ name: own, configMap: { name: m } }', 'orders', 'away');
    expect(volumes(mounting('own'), carrying, map)).toEqual([
      { name: 'own', source: { files: { a: 'b' } } },
    ]);
  });

  it('is a mistake where pods that carry it lack it', () => {
    const documents = [mounting('logs'), having('{ name: logs, emptyDir: {} }')];
    expect(told(...documents, having('{ name: log, emptyDir: {} }', 'cart'))).toMatch(
      /a\.yaml:7:\d+ name: found "logs", expected a volume of the pods of Deployment\/cart, which carry it; known: log\. Hint/,
    );
  });

  it('is empty where the folder has no application, but a slip of an own one is none', () => {
    const own = '  volumes: [{ name: certs, emptyDir: {} }]\n';
    expect(volumes(mounting('logs', own))?.[1]).toEqual({
      name: 'logs',
      source: { emptyDir: true },
    });
    expect(load(mounting('logs')).notes.join('\n')).toMatch(/"logs" is taken for one of the pods/);
    expect(told(mounting('cert', own))).toMatch(/found "cert".*did you mean "certs"/);
  });
});
