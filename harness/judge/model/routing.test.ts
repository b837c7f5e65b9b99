import { describe, expect, it } from 'vitest';
import { guardOf } from '../../pipeline/routes.ts';
import type { Component, Signal } from '../../pipeline/types.ts';
import { dropRule } from './droppers.ts';
import type { ItemFacts } from './item-facts.ts';
import { nowhereRule } from './routing.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const place = { file: 'p.yaml', line: 1, column: 1 };
const connector = (config: Record<string, unknown>): Component => ({
  kind: 'connectors',
  id: 'routing',
  type: 'routing',
  config,
  place,
});

type Row = Record<string, unknown>;
interface Over {
  readonly signal?: Signal;
  readonly before?: readonly Component[];
  readonly senders?: readonly Component[];
  readonly facts?: Partial<ItemFacts>;
}

/** Where a span of "orders" that is no error goes, of three pipelines; `?` where that is open. */
function leadsTo(table: readonly Row[], over: Over = {}): string[] {
  const config = { table, default_pipelines: ['traces/rest'] };
  const facts: ItemFacts = {
    name: 'GET /',
    kind: 2,
    statusCode: 0,
    attributes: { route: '/pay' },
    resource: { 'service.name': 'orders' },
    ...over.facts,
  };
  return ['traces/a', 'traces/b', 'traces/rest'].flatMap((to) => {
    const guard = guardOf(connector(config), to);
    const { signal = 'traces', before = [], senders } = over;
    const own = senders ? { senders } : {};
    const drops = dropRule(guard, { signal, before, all: [...before, guard], ...own });
    const answer = drops?.(facts, traceId);
    return answer === undefined ? [`${to}?`] : answer ? [] : [to];
  });
}

const orders = { condition: 'attributes["service.name"] == "orders"', pipelines: ['traces/a'] };
const pays = { context: 'span', condition: 'attributes["route"] == "/pay"' };

describe('a routing connector', () => {
  it('moves to the first row that matches, and leaves the rest to the default pipelines', () => {
    expect(leadsTo([orders])).toEqual(['traces/a']);
    expect(leadsTo([orders, { ...pays, pipelines: ['traces/b'] }])).toEqual(['traces/a']);
    expect(leadsTo([orders], { facts: { resource: { 'service.name': 'shop' } } })).toEqual([
      'traces/rest',
    ]);
  });

  it('goes on with what it copies', () => {
    const copies = { ...orders, action: 'copy' };
    expect(leadsTo([copies])).toEqual(['traces/a', 'traces/rest']);
    expect(leadsTo([copies, { ...pays, pipelines: ['traces/b'] }])).toEqual([
      'traces/a',
      'traces/b',
    ]);
  });

  it.each<[string, Row]>([
    ['a statement', { statement: 'route() where attributes["service.name"] == "orders"' }],
    ['the path in full', { condition: 'resource.attributes["service.name"] == "orders"' }],
    ['the context named', { context: 'resource', condition: orders.condition }],
    ['everything', { statement: 'route()' }],
  ])('is the same by %s', (_, row) => {
    expect(leadsTo([{ ...row, pipelines: ['traces/a'] }])).toEqual(['traces/a']);
  });

  it('asks rows of another signal’s context of nobody', () => {
    const ofLogs = { context: 'log', condition: 'attributes["route"] == "/pay"' };
    expect(leadsTo([{ ...ofLogs, pipelines: ['traces/a'] }])).toEqual(['traces/rest']);
  });

  it('leaves open what hangs on a condition that is not modelled, and nothing else', () => {
    const request = { context: 'request', condition: 'request["X-Tenant"] == "a"' };
    expect(leadsTo([{ ...request, pipelines: ['traces/a'] }])).toEqual([
      'traces/a?',
      'traces/rest?',
    ]);
    expect(leadsTo([{ ...request, pipelines: ['traces/rest'] }])).toEqual(['traces/rest']);
  });

  const exporter = (config: Record<string, unknown>): Component => ({
    ...connector(config),
    kind: 'exporters',
    type: 'otlp_grpc',
  });
  const [red, blue, own] = ['red', 'blue', `\${env:TENANT}`].map((tenant) =>
    exporter({ headers: { 'x-tenant': tenant } }),
  ) as [Component, Component, Component];
  const batch = { ...connector({}), kind: 'processors', type: 'batch' } as Component;

  it.each<[string, string, Over, string]>([
    ['==', 'of the load, which sends none', { senders: [] }, 'rest'],
    ['!=', 'of the load, which sends none', { senders: [] }, 'rest'],
    ['==', 'of an exporter that sends none', { senders: [exporter({})] }, 'rest'],
    ['==', 'of an exporter that sends it', { senders: [red] }, 'a'],
    ['==', 'of an exporter that sends another', { senders: [blue] }, 'rest'],
    ['!=', 'of an exporter that sends another', { senders: [blue] }, 'a'],
    ['==', 'of either of two', { senders: [red, blue] }, '?'],
    ['==', 'of both', { senders: [red, red] }, 'a'],
    ['==', 'that a variable holds', { senders: [own] }, '?'],
    ['==', 'set by an extension', { senders: [exporter({ auth: {} })] }, '?'],
    ['==', 'behind a batch', { senders: [red], before: [batch] }, '?'],
  ])('asks %s of a header %s', (comparator, _, over, expected) => {
    const condition = `request["X-Tenant"] ${comparator} "red"`;
    const rows = [{ context: 'request', condition, pipelines: ['traces/a'] }];
    const open = ['traces/a?', 'traces/rest?'];
    expect(leadsTo(rows, over)).toEqual(expected === '?' ? open : [`traces/${expected}`]);
  });

  it('leaves open what a header of the protocol is', () => {
    const condition = 'request["User-Agent"] == "k6"';
    const rows = [{ context: 'request', condition, pipelines: ['traces/a'] }];
    expect(leadsTo(rows, { senders: [] })).toEqual(['traces/a?', 'traces/rest?']);
  });

  it('looks at what processors in front of it left', () => {
    const actions = [{ key: 'team', value: 'a', action: 'insert' }];
    const attributes = { ...connector({ actions }), kind: 'processors', type: 'attributes' };
    const before = [attributes as Component];
    const team = { context: 'span', condition: 'attributes["team"] == "a"' };
    expect(leadsTo([{ ...team, pipelines: ['traces/a'] }], { before })).toEqual(['traces/a']);
    expect(leadsTo([{ ...team, pipelines: ['traces/a'] }])).toEqual(['traces/rest']);
  });
});

describe('nowhereRule', () => {
  const orders = { context: 'resource', condition: 'attributes["service.name"] == "orders"' };
  const isDropped = (service: string, config: Record<string, unknown>) => {
    const table = [{ ...orders, pipelines: ['traces/a'] }];
    const around = { signal: 'traces', before: [], all: [] } as const;
    const rule = nowhereRule(connector({ table, ...config }), around, () => false);
    const resource = { 'service.name': service };
    const pod = { pod: undefined, nodeName: '' };
    const facts = { name: '', kind: 0, statusCode: 0, attributes: {}, resource, pod };
    return rule(facts, traceId);
  };

  it('drops what no row takes where there is no default', () => {
    expect(isDropped('stock', {})).toBe(true);
    expect(isDropped('orders', {})).toBe(false);
    expect(isDropped('stock', { default_pipelines: ['traces/rest'] })).toBe(false);
    const unread = [{ context: 'request', condition: 'request["x"] == "y"', pipelines: ['a'] }];
    expect(isDropped('stock', { table: unread })).toBeUndefined();
  });
});
