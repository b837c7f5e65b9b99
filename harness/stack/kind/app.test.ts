import { describe, expect, it } from 'vitest';
import type { PlannedPod, PlannedUsers } from '../../plan/types.ts';
import { appPods } from '../../scenario/apps.ts';
import type { Versions } from '../acquire/index.ts';
import { appImages, appObjects, appPrograms, appRole, type PodProgram, usersUrlOf } from './app.ts';
import { twoTier } from './pipeline.testing.ts';

const images = { node: 'node:24', caddy: 'caddy:2', 'nats-server': 'nats:2' } as Versions['images'];
const pods = ['other', ...appPods].map(
  (name, i) => ({ name: `${name}-1`, namespace: 'shop-app', node: i % 2 }) as PlannedPod,
);
const load = { proxies: {}, propagators: {}, messages: 'parent' };
const users = { firstPod: 1, load, requests: [] } as unknown as PlannedUsers;
const spec = { pipeline: twoTier, pods, app: { users, folder: '/cache/shop' } };
const without = { ...spec, app: undefined };

describe('the sample application in a cluster', () => {
  const programs = appPrograms(spec, images);
  const programOf = (pod: string): PodProgram => {
    const found = programs.get(pod);
    if (!found) throw new Error(`${pod} runs nothing`);
    return found;
  };

  it('runs in its planned pods and in no other', () => {
    expect([...programs.keys()]).toEqual(appPods.map((name) => `${name}-1`));
    const own = [...programs.values()].map(({ container }) => container.image);
    expect(own).toEqual(['caddy:2', 'node:24', 'node:24', 'node:24', 'nats:2', 'node:24']);
    expect(new Set(own)).toEqual(new Set(appImages(spec, images)));
  });

  it('services find each other by name, and send their spans to their own node', () => {
    const { container, volumes } = programOf('checkout-1');
    const variables = new Map(container.env?.map(({ name, ...rest }) => [name, rest]));
    expect(variables.get('NODE_IP')).toEqual({
      valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } },
    });
    expect(variables.get('OTEL_EXPORTER_OTLP_ENDPOINT')?.value).toBe('http://$(NODE_IP):4318');
    expect(variables.get('PAYMENT_URL')?.value).toBe(
      'http://ingress.shop-app.svc.cluster.local:8081',
    );
    expect(container.volumeMounts).toMatchObject([{ mountPath: '/app', readOnly: true }]);
    expect(volumes).toMatchObject([{ hostPath: {} }]);
    const services = appObjects(spec).filter(({ kind }) => kind === 'Service');
    expect(services.map(({ metadata }) => metadata.name)).toEqual([...appPods]);
  });

  it('the ingress has its file, and a port of its node at which users ask', () => {
    const { container } = programOf('ingress-1');
    expect(container.volumeMounts).toMatchObject([{ mountPath: '/etc/caddy' }]);
    const [file] = appObjects(spec).filter(({ kind }) => kind === 'ConfigMap');
    expect(file).toMatchObject({ metadata: { name: 'ingress' } });
    expect(Object.keys(file?.data ?? {})).toEqual(['Caddyfile']);
    const nodes = [{ address: '172.18.0.3' }, { address: '172.18.0.4' }];
    expect(usersUrlOf(spec, nodes)).toBe('http://172.18.0.4:8080');
    expect(container.ports).toContainEqual({ containerPort: 8080, hostPort: 8080 });
  });

  it('has a role of its own, and none where nobody asks for it', () => {
    expect(appRole(spec, 'shop-app', 'queue-1')).toEqual({ tier: 'app/shop', ordinal: 4 });
    expect(appRole(spec, 'shop-app', 'other-1')).toBeUndefined();
    expect(appRole(without, 'shop-app', 'queue-1')).toBeUndefined();
    expect([appObjects(without), appImages(without, images)]).toEqual([[], []]);
    expect(usersUrlOf(without, [])).toBeUndefined();
  });
});
