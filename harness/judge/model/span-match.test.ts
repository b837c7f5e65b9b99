import { describe, expect, it } from 'vitest';
import type { ItemFacts } from './item-facts.ts';
import { skipsSpan } from './span-match.ts';

const facts = (over: Partial<ItemFacts> = {}): ItemFacts => ({
  name: 'GET /',
  kind: 2,
  statusCode: 0,
  attributes: { route: '/healthz', status: 500, cached: true },
  resource: { 'service.name': 'shop' },
  ...over,
});
const strict = (properties: object) => ({ match_type: 'strict', ...properties });
const regexp = (properties: object) => ({ match_type: 'regexp', ...properties });
const included = (properties: object, over?: Partial<ItemFacts>) =>
  skipsSpan({ include: properties })(facts(over));
const attribute = (key: string, value?: unknown) => ({ attributes: [{ key, value }] });

describe('a span that is included by its properties is not skipped', () => {
  it.each<[string, object, boolean | undefined]>([
    ['a service', strict({ services: ['cart', 'shop'] }), false],
    ['another service', strict({ services: ['sho'] }), true],
    ['a pattern anywhere in it', regexp({ services: ['ho'] }), false],
    ['a pattern of all of it', regexp({ services: ['^ho'] }), true],
    ['a name', regexp({ span_names: ['^GET '] }), false],
    ['a kind', strict({ span_kinds: ['SPAN_KIND_SERVER'] }), false],
    ['another kind', strict({ span_kinds: ['SPAN_KIND_CLIENT'] }), true],
    ['an attribute that is there', strict(attribute('route')), false],
    ['one that is not', strict(attribute('none')), true],
    ['its value', strict(attribute('route', '/healthz')), false],
    ['another value', strict(attribute('route', '/health')), true],
    ['a value of another type', strict(attribute('cached', 'true')), true],
    ['a pattern of a number', regexp(attribute('status', '^5..$')), false],
    ['another number', strict(attribute('status', 501)), true],
    ['a resource', strict({ resources: [{ key: 'service.name', value: 'shop' }] }), false],
    ['all of several', strict({ services: ['shop'], span_names: ['POST /'] }), true],
  ])('by %s', (_, properties, expected) => {
    expect(included(properties)).toBe(expected);
  });

  it.each<[string, object]>([
    ['equal numbers, of types that are not told', strict(attribute('status', 500))],
    ['a variable', strict({ services: ['$' + '{env:NAME}'] })],
    ['libraries', strict({ libraries: [{ name: 'x' }] })],
    ['an unknown way to match', { match_type: 'glob', services: ['shop'] }],
    ['no pattern of Go', regexp({ services: ['('] })],
  ])('or not, which is not told by %s', (_, properties) => {
    expect(included(properties)).toBeUndefined();
  });

  it('says nothing of what another processor may have changed', () => {
    const byService = strict({ services: ['cart'] });
    expect(included(byService, { uncertainResource: new Set(['service.name']) })).toBeUndefined();
    const byName = strict({ span_names: ['x'] });
    expect(included(byName, { uncertainFields: new Set(['name']) })).toBeUndefined();
    const byRoute = strict(attribute('route', 'x'));
    expect(included(byRoute, { uncertainAttributes: new Set(['route']) })).toBeUndefined();
  });
});

describe('include and exclude', () => {
  const shop = strict({ services: ['shop'] });
  const open = strict({ libraries: [{ name: 'x' }] });

  it.each<[string, object, boolean | undefined]>([
    ['exclude alone', { exclude: shop }, true],
    ['exclude after include', { include: shop, exclude: shop }, true],
    ['neither', {}, false],
    ['what another key does', { other: {} }, undefined],
    ['an open include, excluded', { include: open, exclude: shop }, true],
    [
      'an open exclude, not included',
      { include: strict({ services: ['x'] }), exclude: open },
      true,
    ],
    ['an open exclude', { include: shop, exclude: open }, undefined],
  ])('%s', (_, spans, expected) => {
    expect(skipsSpan({ ...spans })(facts())).toBe(expected);
  });

  it('names a service that has no name as the collector does', () => {
    const nameless = strict({ services: ['<nil-service-name>'] });
    expect(skipsSpan({ exclude: nameless })(facts({ resource: {} }))).toBe(true);
  });
});
