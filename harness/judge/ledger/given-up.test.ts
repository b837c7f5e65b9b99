import { expect, it } from 'vitest';
import type { DropLine } from '../../evidence/types.ts';
import { component, output, processor, tierOf } from '../model/causes.testing.ts';
import type { SignalPath } from '../model/path.ts';
import type { JudgeContext } from './context.ts';
import { droppedBehind, refusedBehind } from './given-up.ts';

const tempo = component('otlp_grpc/tempo', { endpoint: 'tempo:4317' });
const limiter = processor('memory_limiter', { limit_mib: 40 });
const gateway = tierOf(
  'gateway',
  [processor('tail_sampling'), limiter],
  [output(tempo, { backend: 'tempo:4317' })],
);
const agent = tierOf('agent', [], [output(component('loadbalancing'))]);
const path = {
  signal: 'traces',
  steps: [{ tier: agent }, { tier: gateway }],
  backends: ['tempo:4317'],
} as unknown as SignalPath;
const context = { spoken: { by: () => [], startMs: 0 } } as unknown as JudgeContext;
const drop = (over: Partial<DropLine>): DropLine =>
  ({ pod: 'gateway-0', component: 'tail_sampling', error: '', ...over }) as DropLine;
const high = 'data refused due to high memory usage';

it('what a sampler could not hand on is charged to who refused it behind', () => {
  expect(droppedBehind(context, path, 1, drop({ error: high, uncounted: true }), 0)).toMatchObject({
    cause: 'dropped-by-exporter',
    component: 'gateway/memory_limiter',
    why: `${high}; limit_mib: 40 (p.yaml:7)`,
  });
  const other = drop({ error: 'boom', uncounted: true });
  expect(droppedBehind(context, path, 1, other, 0)).toMatchObject({
    component: 'gateway/tail_sampling',
    why: 'boom',
  });
});

it('a gateway’s refusal is its own component’s, a backend’s that of who sent it there', () => {
  expect(
    refusedBehind(context, path, 0, { message: high, backend: undefined, final: false }),
  ).toMatchObject({
    hop: 'agent→gateway',
    cause: 'refused-by-gateway',
    component: 'gateway/memory_limiter',
  });
  expect(
    refusedBehind(context, path, 1, { message: 'too big', backend: 'tempo:4317', final: true }),
  ).toMatchObject({
    hop: 'gateway→tempo',
    cause: 'refused-by-backend',
    component: 'gateway/otlp_grpc/tempo',
    why: 'too big; endpoint: tempo:4317 (p.yaml:7)',
  });
});
