import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askAlerts } from './alerts.ts';

const rules = [
  {
    name: 'Full',
    query: 'queue_size / queue_capacity > 0.8',
    duration: 60,
    lastError: '',
    lastEvaluation: '2026-11-29T16:00:00.5Z',
  },
  {
    name: 'Never',
    query: 'gone > 0',
    duration: 0,
    lastError: 'many-to-many',
    lastEvaluation: '0001-01-01T00:00:00Z',
  },
];
const vector = (...rows: [Record<string, string>, string][]) => ({
  data: { result: rows.map(([metric, value]) => ({ metric, value: [0, value] })) },
});
const selector = (name: string) => ({ type: 'vectorSelector', name, matchers: [] });

/** Answers in Prometheus's own form (web/api/v1/api.go and translate_ast.go). */
function answer(path: string, query: string): unknown {
  if (path === '/api/v1/rules') return { data: { groups: [{ name: 'g', rules }] } };
  if (path === '/api/v1/parse_query') {
    const names = query.startsWith('gone') ? ['gone'] : ['queue_size', 'queue_capacity'];
    return {
      data: { type: 'binaryExpr', lhs: selector(names[0] ?? ''), rhs: selector(names[1] ?? '') },
    };
  }
  if (query.includes('ALERTS')) {
    return vector([{ alertname: 'Full', alertstate: 'pending' }, '1000.5']);
  }
  return query.includes('"gone"') ? vector() : vector([{}, '4']);
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
  response.end(JSON.stringify(answer(pathname, searchParams.get('query') ?? '')));
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
});

it('tells of each rule since when it held, and which of its metrics there are', async () => {
  const { port } = server.address() as AddressInfo;
  const answers = await askAlerts({ host: '127.0.0.1', port });
  expect(answers).toEqual([
    {
      alert: 'Full',
      expression: rules[0]?.query,
      holdsForMs: 60_000,
      evaluatedMs: Date.parse('2026-11-29T16:00:00.5Z'),
      error: undefined,
      pendingMs: 1_000_500,
      firingMs: undefined,
      metrics: { queue_size: 4, queue_capacity: 4 },
    },
    {
      alert: 'Never',
      expression: 'gone > 0',
      holdsForMs: 0,
      evaluatedMs: undefined,
      error: 'many-to-many',
      pendingMs: undefined,
      firingMs: undefined,
      metrics: { gone: 0 },
    },
  ]);
});
