import { describe, expect, it } from 'vitest';
import { discoveryOf } from './resources.ts';
import { answerReview } from './reviews.ts';

describe('what a client finds out of the API', () => {
  it('are the groups, and what each has', () => {
    expect(discoveryOf('/api')).toMatchObject({ versions: ['v1'] });
    const { groups } = discoveryOf('/apis') as { groups: { name: string }[] };
    expect(groups.map(({ name }) => name)).toContain('monitoring.coreos.com');
    const found = discoveryOf('/apis/monitoring.coreos.com/v1') as { resources: unknown[] };
    expect(found.resources).toContainEqual(expect.objectContaining({ name: 'servicemonitors' }));
    expect(discoveryOf('/api/v1')).toMatchObject({ groupVersion: 'v1' });
  });

  it.each(['/apis/v1', '/api/apps/v1', '/apis/none/v1', '/api/v1/pods', '/'])(
    'is not %s',
    (path) => {
      expect(discoveryOf(path)).toBeUndefined();
    },
  );
});

describe('a review of what an account may do', () => {
  const grants = [
    {
      account: 'shop/me',
      namespace: undefined,
      groups: [''],
      resources: ['namespaces'],
      names: [],
      verbs: ['list'],
    },
  ];
  const url = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const ask = (verb: string, account = 'shop/me') =>
    answerReview(
      url,
      Buffer.from(
        JSON.stringify({ spec: { resourceAttributes: { verb, resource: 'namespaces' } } }),
      ),
      grants,
      account,
    );

  it('says what its roles grant', () => {
    expect(ask('list')).toMatchObject({ status: { allowed: true } });
    expect(ask('watch')).toMatchObject({ status: { allowed: false } });
    expect(ask('list', 'shop/other')).toMatchObject({ status: { allowed: false } });
  });

  it('is read as Kubernetes writes protobuf, too', () => {
    const field = (number: number, value: Buffer): Buffer =>
      Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
    const review = (verb: string): Buffer => {
      const asked = [field(2, Buffer.from(verb)), field(5, Buffer.from('namespaces'))];
      const raw = field(2, field(1, Buffer.concat(asked)));
      return Buffer.concat([Buffer.from('k8s\0'), field(2, raw)]);
    };
    const answer = (verb: string): unknown => answerReview(url, review(verb), grants, 'shop/me');
    expect(answer('list')).toMatchObject({ status: { allowed: true } });
    expect(answer('watch')).toMatchObject({ status: { allowed: false } });
  });

  it('is nothing else that is posted', () => {
    expect(answerReview('/api/v1/events', Buffer.from('{}'), grants, 'shop/me')).toBeUndefined();
    expect(answerReview(url, Buffer.from('k8s\0\x01'), grants, 'shop/me')).toBeUndefined();
  });
});
