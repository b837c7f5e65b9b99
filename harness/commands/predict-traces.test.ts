import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pipelinesFolder } from '../prepare.ts';
import { predictTracesCommand } from './predict-traces.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-predict-traces-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function predicted(text: string, name = 'traces.yaml', pipeline = 'two-tier') {
  let written = '';
  const write = (more: string): true => {
    written += more;
    return true;
  };
  const file = join(folder, name);
  writeFileSync(file, text);
  const code = predictTracesCommand(join(pipelinesFolder, pipeline), file, {}, { write });
  return { code, lines: written.trimEnd().split('\n').slice(1) };
}

const checkout = `- name: a failed checkout
  expect: kept
  by: keep-errors
  spans: [{ name: GET /checkout, status: error }, { name: pay, kind: client, after: 2ms }]
`;

describe('given traces', () => {
  it('are what the file expects, each by its policy', () => {
    const { code, lines } = predicted(`${checkout}
- name: a slow one
  expect: kept
  by: keep-slow
  spans: [{ duration: 2.5s }]
- name: slow only as a whole
  expect: kept
  spans: [{ duration: 50ms }, { after: 2.4s, duration: 50ms }]
- name: a probe
  expect: filtered
  spans: [{ attributes: { http.route: /healthz } }]
- { name: only asked, spans: [{}] }
`);
    expect(lines).toEqual([
      'PASS  a failed checkout: kept by keep-errors',
      'PASS  a slow one: kept by keep-slow',
      'PASS  slow only as a whole: kept by keep-slow',
      'PASS  a probe: filtered',
      expect.stringMatching(/^ {2}only asked: (dropped|kept)/),
    ]);
    expect(code).toBe(0);
  });

  it('fail where it is another policy, or another end', () => {
    const { code, lines } = predicted(`${checkout.replace('keep-errors', 'keep-slow')}
- { name: fast and well, expect: kept, id: ffffffffffffffffffffffffffffffff, spans: [{}] }
`);
    expect(lines).toEqual([
      'FAIL  a failed checkout: kept by keep-errors, expected kept by keep-slow',
      'FAIL  fast and well: dropped, expected kept',
    ]);
    expect(code).toBe(1);
  });

  it('may be asked of one of several ways', () => {
    const own = `- { name: a, at: archive, expect: kept, spans: [{}] }`;
    expect(predicted(own, 'traces.yaml', 'archive').code).toBe(0);
    expect(() => predicted(own)).toThrow(/"a" is at archive: no traces go there$/);
  });

  it('may come as OTLP/JSON, their spans in several requests', () => {
    const span = (over: object) => ({
      traceId: '5b8efff798038103d269b633813fc60c',
      name: 'GET',
      startTimeUnixNano: '1700000000000000000',
      endTimeUnixNano: '1700000000100000000',
      ...over,
    });
    const request = (...spans: object[]) =>
      JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ spans }] }] });
    const late = { endTimeUnixNano: '1700000002500000000' };
    const { lines } = predicted(`${request(span({}))}\n${request(span(late))}\n`, 'traces.jsonl');
    expect(lines).toEqual(['  5b8efff798038103d269b633813fc60c: kept by keep-slow']);
    const probe = span({
      attributes: [{ key: 'http.route', value: { stringValue: '/healthz' } }],
    });
    expect(predicted(request(probe), 'traces.json').lines).toEqual([
      '  5b8efff798038103d269b633813fc60c: filtered',
    ]);
  });

  it.each([
    ['traces.yaml', '- { name: a, spans: [] }', /traces\.yaml:1:\d+ 0\.spans/],
    ['traces.yaml', '- { name: a, spans: [{ statsu: error }] }', /unknown key "statsu"/],
    ['traces.yaml', '- { name: a, spans: [{ duration: 5 }] }', /duration/],
    ['traces.yaml', '', /nothing in it|expected a list/],
    ['traces.json', '{}', /traces\.json: no span in it/],
    ['traces.json', 'nope', /traces\.json:1: found no JSON object/],
  ])('are refused with their place: %s %s', (name, text, message) => {
    expect(() => predicted(text, name)).toThrow(message);
  });
});
