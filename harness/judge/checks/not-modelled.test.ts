import { expect, it } from 'vitest';
import type { JudgeContext } from '../ledger/context.ts';
import { checkMemory } from './memory.ts';
import { checkWays } from './ways.ts';

const steps = [{ tier: { name: 'gateway' } }];
const context = (memoryDoubts: string[], unclear: { hop: string; why: string }[]) =>
  ({
    memoryDoubts,
    samplerStep: 0,
    paths: {
      traces: { signal: 'traces', steps, unclear },
      logs: { signal: 'logs', steps, unclear: [] },
    },
  }) as unknown as JudgeContext;

it('finds nothing where all is modelled', () => {
  expect(checkMemory(context([], []))).toEqual([]);
  expect(checkWays(context([], []))).toEqual([]);
});

it('is unknown with a finding a reason, each with its gap and what to do', () => {
  const [memory] = checkMemory(context(['no room'], []));
  expect(memory).toMatchObject({ verdict: 'unknown', observed: 'gateway: no room' });
  expect(memory?.findings).toMatchObject([
    { component: 'gateway', cause: 'no room', gap: 'memory' },
  ]);
  const unclear = [
    { hop: 'agent', why: 'two ways' },
    { hop: 'gateway', why: 'three ways' },
  ];
  const [ways, ...others] = checkWays(context([], unclear));
  expect(others).toEqual([]);
  expect(ways).toMatchObject({ subject: 'way of traces', verdict: 'unknown' });
  expect(ways?.findings).toMatchObject([
    { hop: 'agent', cause: 'two ways', gap: 'way' },
    { hop: 'gateway', cause: 'three ways', gap: 'way' },
  ]);
});
