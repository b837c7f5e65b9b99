import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usualVersion, versionOf } from '../grafana/version.ts';
import type { ResourceEdit } from './edits.ts';
import { readGrafanaFile } from './grafana-file.ts';

const path = 'two-tier.grafana.yaml';
const text = readFileSync(join(import.meta.dirname, '../../fixtures/pipelines', path), 'utf8');
const version = versionOf(usualVersion);

const read = (written: string, edits: readonly ResourceEdit[] = []) =>
  readGrafanaFile({ path, text: written }, edits, version);

const set = (resource: string, at: string, value: unknown): ResourceEdit => ({
  resource: `GrafanaDataSource/${resource}`,
  path: at,
  value,
  origin: 'x.yaml:7:5',
});

describe('the data sources of two-tier', () => {
  it('are read, with the dollar signs that Grafana sees', () => {
    const { dataSources, expanded } = read(text);
    expect(dataSources.map(({ uid, type }) => [uid, type])).toEqual([
      ['tempo', 'tempo'],
      ['loki', 'loki'],
      ['prometheus', 'prometheus'],
    ]);
    expect(expanded).toEqual([]);
    const [tempo, loki] = dataSources;
    expect(tempo?.tracesToLogs).toMatchObject({
      datasourceUid: 'loki',
      tags: [{ key: 'service.name', value: 'service_name' }],
      filterByTraceId: true,
      startShiftMs: -60_000,
      endShiftMs: 60_000,
      customQuery: undefined,
    });
    expect(loki?.derivedFields).toMatchObject([
      { name: 'trace', matcherRegex: '^trace_id$', url: `$\{__value.raw}`, datasourceUid: 'tempo' },
    ]);
  });

  it('are set as written, before anything is expanded, with the place that set it', () => {
    const one = `$\{__value.raw}`;
    const links = read(text, [
      set('loki', 'jsonData.derivedFields[trace].url', one),
      set('tempo', 'jsonData.tracesToLogsV2.spanEndTimeShift', null),
    ]);
    expect(links.expanded).toMatchObject([
      { dataSource: 'loki', written: one, place: { setBy: 'x.yaml:7:5' } },
    ]);
    expect(links.dataSources[0]?.tracesToLogs?.endShiftMs).toBe(0);
  });
});

describe('a data source without a uid', () => {
  it('has one made of its name, the same as in any Grafana', () => {
    const { dataSources } = read('datasources: [{ name: Prometheus, type: prometheus }]');
    // The uid that dashboards of many installations name.
    expect(dataSources[0]?.uid).toBe('PBFA97CFB590B2093');
  });
});

describe('mistakes', () => {
  const source = (jsonData: string): string =>
    `datasources:\n  - name: a\n    type: tempo\n    uid: tempo\n    jsonData: ${jsonData}`;
  it.each<[string, string, readonly ResourceEdit[], RegExp]>([
    ['no list', 'a: 1', [], /1:1 expected one document with a list of datasources:/],
    ['no YAML', 'a: [', [], /yaml:1:/],
    ['two documents', 'datasources: []\n---\na: 1', [], /expected one document/],
    ['no type', 'datasources: [{ name: a }]', [], /type: missing, expected a text/],
    [
      'two of one uid',
      'datasources:\n- { name: a, type: b, uid: c }\n- { name: d, type: e, uid: c }',
      [],
      /3:3 uid "c" is that of another data source already \(line 2\)/,
    ],
    [
      'a shift without a unit that is one',
      source('{ tracesToLogsV2: { spanStartTimeShift: 5x } }'),
      [],
      /found "5x", expected a time with its unit, such as -1h or 500ms/,
    ],
    [
      'a pattern that is none',
      source('{ derivedFields: [{ matcherRegex: "(" }] }'),
      [],
      /5:\d+ jsonData.derivedFields.0.matcherRegex: found "\("/,
    ],
    ['tags that are no list', source('{ tracesToLogsV2: { tags: a } }'), [], /expected a list/],
    [
      'an edit of what is not there',
      text,
      [set('temp', 'url', 'x')],
      /x.yaml:7:5 two-tier.grafana.yaml has no resource "GrafanaDataSource\/temp".*did you mean/,
    ],
    [
      'an edit that leads nowhere',
      text,
      [set('tempo', 'jsonData.tracesToLog.tags', [])],
      /has no jsonData.tracesToLog; known: tracesToLogsV2/,
    ],
  ])('%s', (_, written, edits, message) => {
    expect(() => read(written, edits)).toThrow(message);
  });
});
