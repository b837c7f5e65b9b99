import { describe, expect, it } from 'vitest';
import type { Journal } from '../journal/journal.ts';
import type { PlannedFault } from '../plan/types.ts';
import type { PodLife, RunningStack, TapFile } from '../stack/types.ts';
import { runFaults } from './index.ts';
import { outage } from './outage.ts';

const pod = { pod: 'tempo', uid: 'u', life: 0, ordinal: 0 } as PodLife;

const tapFiles = new Map(
  ['tempo:4317', 'tempo.shop.svc:4318', 'loki:3100'].map((backend) => [
    backend,
    { name: `of ${backend}`, hop: { backend } } as TapFile,
  ]),
);
tapFiles.set('gateway-0-0', { name: 'of gateway', hop: { tier: 'gateway' } } as TapFile);

interface Met {
  readonly refusedConnections?: number;
  readonly brokenRequests?: number;
  /** Of which nothing is heard. */
  readonly dead?: string;
}

/** Taps that count as told, and what was asked of them. */
function stackOf({ refusedConnections = 0, brokenRequests = 0, dead }: Met) {
  const asked: string[] = [];
  const taps = {
    refuse: async (name: string) => {
      asked.push(`refuse ${name}`);
      if (name === dead) throw new Error('nothing listens there');
    },
    accept: async (name: string) => {
      asked.push(`accept ${name}`);
      return { refusedConnections, brokenRequests, brokenConnections: 2 };
    },
  };
  return { asked, stack: { tapFiles, control: { taps } } as unknown as RunningStack };
}

const inject = (stack: RunningStack, backend = 'tempo') => {
  const spec = { kind: 'outage', forMs: 50, target: { backend } };
  const fault = { index: 3, tier: 'tempo', ordinals: [0], spec } as unknown as PlannedFault;
  return outage.inject(stack, pod, fault, () => performance.now());
};

describe('outage', () => {
  it('is of a place outside, where no pod lives', async () => {
    const { asked, stack } = stackOf({ refusedConnections: 1 });
    const spec = { kind: 'outage', atMs: 0, forMs: 50, target: { backend: 'loki' } };
    const planned = [{ index: 0, tier: 'otlp', ordinals: [0], spec } as unknown as PlannedFault];
    const written: string[] = [];
    const journal = { write: (event: string) => written.push(event) } as unknown as Journal;
    const idle = { ...stack, lives: () => [] };
    const { signal } = new AbortController();
    const receipts = await runFaults(planned, idle, Date.now(), journal, signal);
    expect(receipts).toMatchObject([{ target: 'otlp/0', pod: 'loki', bit: true }]);
    expect(asked).toEqual(['refuse of loki:3100', 'accept of loki:3100']);
    // A pod that is not there can suffer nothing.
    const kill = { kind: 'kill', atMs: 0, target: { tier: 'gateway', ordinal: 0 } };
    const gone = [{ ...planned[0], tier: 'gateway', spec: kill } as unknown as PlannedFault];
    expect(await runFaults(gone, idle, Date.now(), journal, signal)).toEqual([]);
    expect(written).toContain('fault failed');
  });

  it('is of every tap in front of the backend, and proved by whom it met there', async () => {
    const { asked, stack } = stackOf({ refusedConnections: 4, brokenRequests: 1 });
    const receipt = await inject(stack);
    expect(asked.slice(0, 2)).toEqual(['refuse of tempo:4317', 'refuse of tempo.shop.svc:4318']);
    expect(asked.slice(2)).toEqual(['accept of tempo:4317', 'accept of tempo.shop.svc:4318']);
    expect(receipt).toMatchObject({
      fault: 3,
      target: 'tempo/0',
      bit: true,
      proof: { refusedConnections: 8, brokenRequests: 2, brokenConnections: 4 },
    });
    expect((receipt.healedMs ?? 0) - receipt.injectedMs).toBeGreaterThanOrEqual(49);
  });

  it.each(['tempo:4317', 'tempo.shop.svc'])('is of one where %s is meant', async (backend) => {
    const { asked, stack } = stackOf({ refusedConnections: 1 });
    expect(await inject(stack, backend)).toMatchObject({ bit: true });
    expect(asked).toHaveLength(2);
  });

  it('bites by a request that it breaks, and not where nobody had anything to send', async () => {
    expect(await inject(stackOf({ brokenRequests: 1 }).stack)).toMatchObject({ bit: true });
    expect(await inject(stackOf({}).stack)).toMatchObject({ bit: false });
  });

  it('is ended at each tap where one fails, and where none is known it is said', async () => {
    const { asked, stack } = stackOf({ dead: 'of tempo.shop.svc:4318' });
    await expect(inject(stack)).rejects.toThrow('nothing listens there');
    expect(asked.filter((one) => one.startsWith('accept'))).toEqual([
      'accept of tempo:4317',
      'accept of tempo.shop.svc:4318',
    ]);
    await expect(inject(stackOf({}).stack, 'mimir')).rejects.toThrow('no tap stands');
  });
});
