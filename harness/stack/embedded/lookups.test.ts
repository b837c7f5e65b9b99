import { describe, expect, it } from 'vitest';
import { createLookups, createWithholding } from './lookups.ts';

const wanted = (from: string, addresses: () => number = () => 3) => ({
  from,
  service: 'obs/sampler',
  addresses,
});

describe('until resolvers have answered', () => {
  it('waits for each pod, and for all addresses that there are', async () => {
    const lookups = createLookups();
    const answered = lookups.until([wanted('a'), wanted('b')], 60_000);
    let done = false;
    void answered.then(() => {
      done = true;
    });
    lookups.told('a', 'obs/sampler', 3);
    lookups.told('b', 'obs/sampler', 2);
    lookups.told('b', 'obs/other', 3);
    await Promise.resolve();
    expect(done).toBe(false);
    lookups.told('b', 'obs/sampler', 3);
    expect(await answered).toEqual([]);
  });

  it('takes what was told before it was asked', async () => {
    const lookups = createLookups();
    lookups.told('a', 'obs/sampler', 3);
    expect(await lookups.until([wanted('a')], 60_000)).toEqual([]);
  });

  it('the last answer counts, and none at all is never enough', async () => {
    const lookups = createLookups();
    lookups.told('a', 'obs/sampler', 3);
    lookups.told('a', 'obs/sampler', 0);
    const nobody = wanted('a', () => 0);
    expect(await lookups.until([nobody], 1)).toEqual([nobody]);
  });
});

describe('names that are withheld', () => {
  const at = { ms: 0 };
  const withheld = createWithholding(new Set(['obs/sampler']), () => at.ms);

  it('are so until a look-up under load has failed, for each who asks', () => {
    expect(withheld.fails('a', 'obs/sampler')).toBe(true);
    withheld.loadBegins(1_000);
    expect(withheld.fails('a', 'obs/sampler')).toBe(true);
    at.ms = 1_000;
    expect(withheld.fails('a', 'obs/sampler')).toBe(true);
    expect(withheld.fails('a', 'obs/sampler')).toBe(false);
    expect(withheld.fails('b', 'obs/sampler')).toBe(true);
    expect(withheld.fails('b', 'obs/sampler')).toBe(false);
  });

  it('are those of the next tier only', () => {
    expect(withheld.fails('c', 'obs/other')).toBe(false);
  });
});
