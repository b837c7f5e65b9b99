import { describe, expect, it } from 'vitest';
import { graph } from './graphs.testing.ts';
import { mostRoutes, type Route, unfoldRoutes } from './routes.ts';

const told = (routes: readonly Route[] | undefined) =>
  routes?.map(({ legs, backend, unclear }) =>
    [
      ...legs.map(({ tier, processors }) =>
        [tier.name, ...processors.map(({ id }) => id)].join('+'),
      ),
      backend,
      ...unclear.map(({ why }) => why),
    ].join(' > '),
  );

describe('the ways of a signal', () => {
  it('are as many as there are pipelines beside each other', () => {
    expect(told(unfoldRoutes(graph('archive'), 'traces'))).toEqual([
      'gateway+tail_sampling > tempo:4317',
      'gateway > archive:4317',
    ]);
  });

  it('have the connector that parts them as a guard', () => {
    expect(told(unfoldRoutes(graph('routed'), 'traces'))).toEqual([
      'gateway+routing > tempo-orders:4317',
      'gateway+routing > tempo-errors:4317',
      'gateway+routing > tempo-rest:4317',
    ]);
  });

  it('are one a level of a failover connector, each told where the others lead', () => {
    const routes = unfoldRoutes(graph('standby'), 'traces');
    expect(told(routes)).toEqual([
      'gateway+tail_sampling+failover > tempo:4317',
      'gateway+tail_sampling+failover > standby:4317',
    ]);
    const guards = routes?.map(({ legs }) => legs[0]?.processors.at(-1)?.config);
    const backends = [['tempo:4317'], ['standby:4317']];
    expect(guards).toMatchObject([
      { level: 0, backends },
      { level: 1, backends },
    ]);
  });

  it('go through every tier in turn', () => {
    expect(told(unfoldRoutes(graph('two-samplers'), 'traces'))).toEqual([
      'edge+tail_sampling > core+tail_sampling > tempo:4317',
    ]);
    expect(told(unfoldRoutes(graph('two-tier'), 'traces'))).toHaveLength(1);
    expect(unfoldRoutes(graph('archive'), 'logs')).toEqual([]);
  });

  it('are unclear where they come together again, and only those', () => {
    const merged = graph('routed', ['tempo-errors:4317', 'tempo-rest:4317']);
    expect(told(unfoldRoutes(merged, 'traces'))).toEqual([
      'gateway+routing > tempo-orders:4317',
      'gateway+routing > tempo-rest:4317 > several ways lead to tempo-rest:4317',
      'gateway+routing > tempo-rest:4317 > several ways lead to tempo-rest:4317',
    ]);
  });

  it('say which connector is not modelled', () => {
    const other = graph('routed', ['routing', 'roundrobin']);
    expect(unfoldRoutes(other, 'traces')?.[0]?.unclear[0]?.why).toBe(
      'connector roundrobin, which is not modelled',
    );
  });

  it('are not followed where there are too many', () => {
    const pipeline = graph('archive');
    const [tier] = pipeline.tiers;
    const all = tier?.pipelines ?? [];
    const more = Array.from({ length: mostRoutes }, () => all).flat();
    const tiers = [{ ...tier, pipelines: more }] as typeof pipeline.tiers;
    expect(unfoldRoutes({ ...pipeline, tiers }, 'traces')).toBeUndefined();
  });
});
