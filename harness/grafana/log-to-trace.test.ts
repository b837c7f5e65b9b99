import { describe, expect, it } from 'vitest';
import { chainOf, linksOf } from './golden.testing.ts';
import { lineToTraces } from './log-to-trace.ts';
import type { DataSource, ShownLine } from './types.ts';

/**
 * `E` is public/app/plugins/datasource/loki/getDerivedFields.test.ts at 0a6ddb6c, with the name of
 * the test; links there lead to data sources of a kind that is Tempo here.
 */
const id = '4bf92f3577b34da6a3ce929d0e0e4736';
const raw = '$${__value.raw}';

const clicked = (derivedFields: readonly unknown[], line: string, labels: ShownLine['labels']) => {
  const links = linksOf({ loki: { derivedFields } });
  const source = links.dataSources[1] as DataSource;
  return lineToTraces(links, source, { line, labels }).map((one) =>
    'why' in one ? one.why : chainOf(one.request).map(({ path }) => path),
  );
};

const opens = (value: string) => [`/api/v2/traces/${value}`, `/api/traces/${value}`];
const field = (more: object) => ({ name: 'trace', datasourceUid: 'tempo', url: raw, ...more });

describe('a line’s traces', () => {
  const one = { matcherRegex: 'trace1=(\\w+)', name: 'trace1' };
  it.each<[string, readonly unknown[], string, ShownLine['labels'], readonly unknown[]]>([
    [
      'E: adds links to fields, of type regex',
      [field({ ...one, matcherType: 'regex' })],
      'trace1=1234',
      {},
      [opens('1234')],
    ],
    ['E: with no matcherType', [field(one)], 'trace1=1234', {}, [opens('1234')]],
    ['E: nothing', [field(one)], 'nothing', {}, ['nothing-matches']],
    [
      'E: one of two names',
      [field(one), field({ matcherRegex: 'trace2=(\\w+)', name: 'trace2' })],
      'trace2=f00',
      {},
      [opens('f00')],
    ],
    [
      'E: two of one name, by the first one’s matcher',
      [field(one), field({ name: 'trace1', matcherRegex: 'none', datasourceUid: 'tempo of all' })],
      'trace1=1234',
      {},
      [opens('1234'), opens('1234')],
    ],
    [
      'E: adds links to fields with labels',
      [field({ matcherRegex: 'trace3', matcherType: 'label' })],
      'nothing',
      { trace3: 'ba', trace4: 'b1' },
      [opens('ba')],
    ],
    [
      'E: a label that the line does not have',
      [field({ matcherRegex: 'trace3', matcherType: 'label' })],
      'trace3=ba',
      {},
      ['nothing-matches'],
    ],
    [
      'E: no datasourceUid',
      [{ ...one, url: 'http://localhost' }],
      'trace1=1',
      {},
      ['not-modelled'],
    ],
    ['none configured', [], 'trace1=1234', {}, ['not-configured']],
    [
      'no group in the pattern',
      [field({ matcherRegex: 'trace1' })],
      'trace1',
      {},
      ['nothing-matches'],
    ],
    [
      'a strange uid',
      [field({ ...one, datasourceUid: 'x' })],
      'trace1=1',
      {},
      ['data-source-unknown'],
    ],
    [
      'a strange variable',
      [field({ ...one, url: '$${x.y}' })],
      'trace1=1',
      {},
      ['variable-undefined'],
    ],
    [
      'the first label by name',
      [field({ matcherRegex: 'trace', matcherType: 'label' })],
      '',
      { zone: 'a', trace_id: id, parent_trace: 'f0' },
      [opens('f0')],
    ],
    [
      'no digits of a hexadecimal number: a search',
      [field(one)],
      'trace1=foo',
      {},
      [['/api/search']],
    ],
  ])('%s', (_, fields, line, labels, paths) => {
    expect(clicked(fields, line, labels)).toEqual(paths);
  });
});
