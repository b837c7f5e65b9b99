import { ApiException, type V1Lease } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { giveBack, holderIn, type LeaseApi, takeLease } from './lease.ts';

const one = { processId: 1, host: 'here', sinceMs: 5 };
const two = { processId: 2, host: 'here', sinceMs: 6 };
const nobodyIsDead = (): boolean => false;

/** An API with one lease at most. @param meanwhile runs before each deletion */
function apiOf(meanwhile: () => void = () => undefined) {
  const state: { lease: V1Lease | undefined; made: number } = { lease: undefined, made: 0 };
  const fail = (code: number): never => {
    throw new ApiException(code, 'no', undefined, {});
  };
  const api = {
    createNamespacedLease: async ({ body }: { body: V1Lease }) => {
      if (state.lease) fail(409);
      state.lease = { ...body, metadata: { ...body.metadata, uid: `u${state.made++}` } };
    },
    readNamespacedLease: async () => state.lease ?? fail(404),
    deleteNamespacedLease: async ({ body }: { body: { preconditions: { uid: string } } }) => {
      meanwhile();
      if (!state.lease) fail(404);
      if (state.lease?.metadata?.uid !== body.preconditions.uid) fail(409);
      state.lease = undefined;
    },
  };
  return { state, api: api as unknown as LeaseApi };
}

describe('the lease of a warm cluster', () => {
  it('is one run’s at a time', async () => {
    const { api } = apiOf();
    expect(await takeLease(api, one, nobodyIsDead)).toBe(true);
    expect(await takeLease(api, two, nobodyIsDead)).toBe(false);
    expect(await holderIn(api)).toEqual(one);
    await giveBack(api, one);
    expect(await holderIn(api)).toBeUndefined();
    expect(await takeLease(api, two, nobodyIsDead)).toBe(true);
  });

  it('is free where a dead run held it', async () => {
    const { api } = apiOf();
    await takeLease(api, one, nobodyIsDead);
    expect(await takeLease(api, two, ({ processId }) => processId === 1)).toBe(true);
    expect(await holderIn(api)).toEqual(two);
  });

  it('is not taken from who was quicker to take it from the dead', async () => {
    const third = { processId: 3, host: 'here', sinceMs: 7 };
    const { api, state } = apiOf(() => {
      const spec = { holderIdentity: JSON.stringify(third) };
      state.lease = { metadata: { uid: 'third' }, spec };
    });
    await takeLease(api, one, nobodyIsDead);
    expect(await takeLease(api, two, ({ processId }) => processId === 1)).toBe(false);
    expect(await holderIn(api)).toEqual(third);
  });

  it('is given back by its holder only', async () => {
    const { api } = apiOf();
    await takeLease(api, one, nobodyIsDead);
    await giveBack(api, two);
    expect(await holderIn(api)).toEqual(one);
  });
});
