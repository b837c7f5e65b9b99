import { describe, expect, it } from 'vitest';
import { cutBy, partedBy } from './astray.ts';

type Known = Parameters<typeof cutBy>[0];

/** A gateway that was away from 1 s to 8 s, and agents that ask for its tier by DNS. */
function known(interval: string, others: readonly object[], over: object = {}): Known {
  const config = { resolver: { dns: { hostname: 'gateway', interval } } };
  const exporter = { id: 'lb', config };
  const output = { to: { tier: 'gateway' }, loadBalancing: true, exporter };
  const outage = { tier: 'gateway', pod: 'gateway-0', ending: 'graceful', deleted: true };
  return {
    pipeline: { tiers: [{ name: 'agent', outputs: [output] }] },
    incarnations: {
      outages: [{ ...outage, fromMs: 1_000, endedMs: 2_000, toMs: 8_000, ...over }],
      joins: [],
    },
    evidence: { lives: others },
  } as unknown as Known;
}
const other = { tier: 'gateway', pod: 'gateway-1', readyMs: 0 };
const by = (context: Known, takenMs: number, droppedMs = 20_000) =>
  cutBy(context, 'gateway', takenMs, droppedMs)?.by;

describe('what was sent after a pod that had gone', () => {
  it('is the fault’s doing until a resolver left as it comes knew', () => {
    expect(by(known('5s', [other]), 5_900)).toBe('outage');
    expect(by(known('5s', [other]), 6_100)).toBeUndefined();
    expect(by(known('1s', [other]), 2_100)).toBeUndefined();
  });

  it('is the fault’s doing until a pod that ends slowly is gone, where agents are told of it', () => {
    const told = (endedMs: number) => {
      const context = known('5s', [other], { endedMs });
      const exporter = { id: 'lb', config: { resolver: { k8s: { service: 'gateway' } } } };
      const output = { to: { tier: 'gateway' }, loadBalancing: true, exporter };
      const pipeline = { tiers: [{ name: 'agent', outputs: [output] }] };
      return { ...context, pipeline } as unknown as Known;
    };
    expect(by(told(2_000), 5_900)).toBe('outage');
    expect(by(told(2_000), 6_100)).toBeUndefined();
    expect(by(told(9_000), 9_900)).toBe('outage');
    expect(by(told(9_000), 10_100)).toBeUndefined();
    // Who asks DNS is not given its address any more, however long it takes to end.
    expect(by(known('5s', [other], { endedMs: 9_000 }), 6_100)).toBeUndefined();
  });

  it('is the fault’s doing for longer where no other pod was there', () => {
    expect(by(known('5s', []), 12_900)).toBe('outage');
    expect(by(known('5s', []), 13_100)).toBeUndefined();
    const briefly = { ...other, endedMs: 3_000 };
    expect(by(known('5s', [briefly]), 6_100)).toBe('outage');
  });

  it('is the doing of a list that was older than need be from then on', () => {
    const context = known('30s', [other]);
    expect(by(context, 5_900)).toBe('outage');
    expect(cutBy(context, 'gateway', 6_100, 20_000)).toEqual({
      by: 'stale-ring',
      ring: { component: 'agent/lb', intervalMs: 30_000 },
    });
    expect(by(context, 38_100)).toBeUndefined();
  });

  it('is neither where it was dropped before, or where only a container ended', () => {
    expect(by(known('30s', [other]), 500, 900)).toBeUndefined();
    const crash = { ending: 'killed', deleted: false };
    expect(by(known('30s', [other], crash), 2_000)).toBeUndefined();
  });
});

describe('what parts spans that are under way', () => {
  /** A gateway that went for good from 1 s to 2 s, and one that came from 20 s to 22 s. */
  const told = { resolver: { k8s: { service: 'gateway' } } };
  const scaled = (config: object) => {
    const context = known('5s', [other], { toMs: 2_000 });
    const output = { to: { tier: 'gateway' }, loadBalancing: true, exporter: { id: 'lb', config } };
    const joins = [{ tier: 'gateway', pod: 'gateway-2', fromMs: 20_000, toMs: 22_000 }];
    return {
      ...context,
      pipeline: { tiers: [{ name: 'agent', outputs: [output] }] },
      incarnations: { ...context.incarnations, joins },
    } as unknown as Known;
  };
  const parted = (context: Known, fromMs: number, toMs: number) =>
    partedBy(context, 'gateway', fromMs, toMs)?.by;

  it('is a pod that goes, until who is told knows that it is gone', () => {
    expect(parted(scaled(told), 500, 1_100)).toBe('outage');
    expect(parted(scaled(told), 2_900, 2_950)).toBe('outage');
    expect(parted(scaled(told), 3_100, 19_900)).toBeUndefined();
    expect(parted(scaled(told), 100, 900)).toBeUndefined();
  });

  it('is a pod that comes, from when it is listed', () => {
    expect(parted(scaled(told), 19_000, 20_100)).toBe('outage');
    expect(parted(scaled(told), 22_100, 30_000)).toBeUndefined();
    const asked = scaled({ resolver: { dns: { hostname: 'gateway', interval: '5s' } } });
    expect(parted(asked, 26_900, 30_000)).toBe('outage');
    expect(parted(asked, 27_100, 30_000)).toBeUndefined();
  });

  it('is a list that is older than need be, for as long as it may be that old', () => {
    const asked = scaled({ resolver: { dns: { hostname: 'gateway', interval: '30s' } } });
    expect(parted(asked, 51_000, 51_100)).toBe('stale-ring');
    expect(parted(asked, 52_100, 52_200)).toBeUndefined();
  });
});
