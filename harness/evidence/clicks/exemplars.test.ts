import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpTarget } from '../../stack/types.ts';
import { askExemplars } from './exemplars.ts';

let answer: unknown;
let asked = '';
let server: Server;
let target: HttpTarget;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked = decodeURIComponent(request.url ?? '');
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
});
afterAll(() => server.close());

const sent = [{ traceId: 'a1', spanId: 'b1' }];
const window = { fromMs: 1_000, toMs: 2_000 };
const series = (...labels: object[]) => ({ exemplars: labels.map((own) => ({ labels: own })) });

describe('exemplars as Prometheus shows them', () => {
  it('are of the span that they were sent with, whatever their labels are called', async () => {
    const usual = { trace_id: 'a1', span_id: 'b1' };
    const other = { traceID: 'A1', spanID: 'b1' };
    answer = { data: [series(usual), series(usual, other)] };
    expect(await askExemplars(target, sent, window)).toEqual([
      { ...sent[0], labels: other },
      { ...sent[0], labels: usual },
    ]);
    expect(asked).toContain('query_exemplars?query={__name__=~"bench.requests(_total)?"}');
  });

  it('are of none where nobody sent them', async () => {
    answer = { data: [series({ trace_id: 'a1', span_id: 'c1' })] };
    expect(await askExemplars(target, sent, window)).toMatchObject([{ traceId: '', spanId: '' }]);
  });
});
