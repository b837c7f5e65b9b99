import { describe, expect, it } from 'vitest';
import type { SignalPath } from '../model/path.ts';
import type { ItemView } from './arrival.ts';
import { endOfWay } from './ended.ts';
import type { StayAccount } from './stay.ts';

const steps = ['agent', 'gateway'].map((name) => ({ tier: { name }, processors: [] }));
const path = { steps, ends: ['gateway/debug'] } as unknown as SignalPath;

/** Taken in by the gateway at 1,010 ms, whose process ended so and then. */
const view = (ending: 'running' | 'killed', endedMs?: number) => {
  const incarnation = { key: 'g', ending, life: { endedMs } };
  const arrival = { kind: 'ok', fromMs: 1_000, toMs: 1_010, incarnation };
  return { arrivals: [[arrival], [arrival]] } as unknown as ItemView;
};
const end = (step: number, seen: ItemView, stay?: object) =>
  endOfWay(path, step, seen, stay as StayAccount | undefined);

describe('the way of an item ends', () => {
  it('in the exporter of the last step that took it', () => {
    expect(end(1, view('running'))).toBe('gateway/debug');
  });

  it('not in front of it, nor where the config leads on', () => {
    expect(end(0, view('running'))).toBeUndefined();
    const on = { steps, ends: [] } as unknown as SignalPath;
    expect(endOfWay(on, 1, view('running'), undefined)).toBeUndefined();
  });

  it('not in a process that was killed with it still inside', () => {
    expect(end(1, view('killed', 1_100))).toBeUndefined();
    expect(end(1, view('killed', 60_000))).toBe('gateway/debug');
    const stay = { incarnation: { key: 'g' }, decidedToMs: 59_900 };
    expect(end(1, view('killed', 60_000), stay)).toBeUndefined();
  });
});
