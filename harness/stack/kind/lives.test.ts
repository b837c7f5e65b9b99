import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { exactly, type Look, takeIn } from './lives.ts';

const second = 1_000;
const at = (seconds: number): Date => new Date(seconds * second);

function podWith(status: Partial<V1ContainerStatus>, uid = 'u1', podIP = '10.1.0.4'): V1Pod {
  return {
    metadata: { name: 'gateway-0', uid },
    spec: { nodeName: 'worker', containers: [] },
    status: {
      podIP,
      containerStatuses: [
        { name: 'c', image: '', imageID: '', ready: false, restartCount: 0, ...status },
      ],
    },
  };
}

const look = (nowSeconds: number, over: Partial<Look> = {}): Look => ({
  nowMs: nowSeconds * second,
  role: { tier: 'gateway', ordinal: 0 },
  gone: false,
  ending: 'unasked',
  ...over,
});

const running = (seconds: number, ready = true) => ({
  ready,
  state: { running: { startedAt: at(seconds) } },
});

describe('lives of a pod’s container', () => {
  it('begins when it runs, and is ready from when that was seen first', () => {
    const waiting = takeIn([], podWith({ state: { waiting: { reason: 'Pulling' } } }), look(1));
    expect(waiting).toEqual([]);
    const begun = takeIn(waiting, podWith(running(2, false)), look(3));
    expect(begun).toMatchObject([
      { pod: 'gateway-0', life: 0, uid: 'u1', node: 'worker', startedMs: 2_000, ending: 'running' },
    ]);
    expect(begun[0]?.readyMs).toBeUndefined();
    const ready = takeIn(begun, podWith(running(2)), look(4));
    expect(takeIn(ready, podWith(running(2)), look(9))[0]?.readyMs).toBe(4_000);
  });

  it('ends as late as the second that Kubernetes tells allows, but never in the future', () => {
    const ended = (nowSeconds: number) => {
      const terminated = { exitCode: 0, startedAt: at(2), finishedAt: at(20) };
      const first = takeIn([], podWith(running(2)), look(3));
      return takeIn(first, podWith({ state: { terminated } }), look(nowSeconds))[0];
    };
    expect(ended(30)).toMatchObject({ endedMs: 20_999, exitCode: 0, signal: undefined });
    expect(ended(20.5)).toMatchObject({ endedMs: 20_500, ending: 'unasked' });
  });

  it('counts a restarted container as a new life of the same pod', () => {
    const first = takeIn([], podWith(running(2)), look(3));
    const terminated = { exitCode: 137, reason: 'OOMKilled', finishedAt: at(10) };
    const again = podWith({ ...running(11), restartCount: 1, lastState: { terminated } });
    const lives = takeIn(first, again, look(12));
    expect(lives).toMatchObject([
      { life: 0, exitCode: 137, signal: 'SIGKILL', oomKilled: true, endedMs: 10_999 },
      { life: 1, startedMs: 11_000, endedMs: undefined, ending: 'running' },
    ]);
  });

  it('begins no life before the one that it followed has ended, whatever the seconds say', () => {
    const first = takeIn([], podWith(running(2)), look(3));
    const terminated = { exitCode: 137, finishedAt: at(10) };
    const again = podWith({ ...running(10), restartCount: 1, lastState: { terminated } });
    const [ended, next] = takeIn(first, again, look(12));
    expect(next?.startedMs).toBe(ended?.endedMs);
  });

  it('goes on counting when a pod of the same name takes the place of another', () => {
    const first = takeIn([], podWith(running(2)), look(3));
    const gone = takeIn(first, podWith(running(2)), look(5, { gone: true, ending: 'stop' }));
    expect(gone).toMatchObject([{ endedMs: 5_000, exitCode: undefined, ending: 'stop' }]);
    const next = takeIn(gone, podWith(running(6), 'u2', '10.1.0.5'), look(7));
    expect(next.map((life) => [life.uid, life.life, life.address])).toEqual([
      ['u1', 0, '10.1.0.4'],
      ['u2', 1, '10.1.0.5'],
    ]);
  });

  it('keeps the first end that it was told', () => {
    const first = takeIn([], podWith(running(2)), look(3));
    const terminated = { exitCode: 0, finishedAt: at(5) };
    const ended = takeIn(first, podWith({ state: { terminated } }), look(6, { ending: 'stop' }));
    const gone = takeIn(ended, podWith({ state: { terminated } }), look(9, { gone: true }));
    expect(gone).toEqual(ended);
  });
});

describe('a life with the moments of its container', () => {
  const [life] = takeIn([], podWith(running(2)), look(3));
  const of = (moments: Parameters<typeof exactly>[1], ending: Look['ending'] = 'fault') =>
    life && exactly(life, moments, ending);

  it('is as Kubernetes tells it where nothing else is known', () => {
    expect(of(undefined)).toEqual(life);
  });

  it('begins and ends when its node says, before Kubernetes says so', () => {
    expect(of({ startedMs: 2_345 })).toMatchObject({ startedMs: 2_345, ending: 'running' });
    expect(of({ startedMs: 2_345, endedMs: 9_876, exitCode: 137 })).toMatchObject({
      startedMs: 2_345,
      endedMs: 9_876,
      exitCode: 137,
      signal: 'SIGKILL',
      oomKilled: false,
      ending: 'fault',
    });
  });

  it('does not blame the fault for what the kernel killed', () => {
    const killed = { endedMs: 9_876, exitCode: 137, oomKilled: true };
    expect(of(killed)).toMatchObject({ oomKilled: true, ending: 'unasked' });
  });

  it('keeps why it ended', () => {
    const terminated = { exitCode: 137, finishedAt: at(5) };
    const [rough] = takeIn(life ? [life] : [], podWith({ state: { terminated } }), look(6));
    expect(rough && exactly(rough, { endedMs: 5_123, exitCode: 137 }, 'stop')).toMatchObject({
      endedMs: 5_123,
      ending: 'unasked',
    });
  });
});
