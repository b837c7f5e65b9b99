import { describe, expect, it } from 'vitest';
import { compileCondition, type OttlFacts } from './ottl.ts';

const facts: OttlFacts = {
  name: 'GET /healthz',
  kind: 2,
  statusCode: 2,
  attributes: { 'http.route': '/healthz', code: 200, ok: true, list: ['a'], map: { a: 1 } },
  resource: { 'service.name': 'shop' },
};

describe('compileCondition', () => {
  it.each([
    ['attributes["http.route"] == "/healthz"', true],
    ['attributes["http.route"] != "/healthz"', false],
    ['span.attributes["code"] >= 200 and attributes["code"] < 300', true],
    ['attributes["missing"] == nil', true],
    ['resource.attributes["service.name"] == "other" or status.code == STATUS_CODE_ERROR', true],
    ['not (kind == SPAN_KIND_SERVER)', false],
    ['kind.string == "Server"', true],
    ['kind.string != "Server"', false],
    ['IsMatch(name, "^GET /health.*")', true],
    ['attributes["ok"] == true', true],
    ['attributes["code"] == "200"', false],
    ['attributes["code"] != "200"', true],
    ['attributes["code"] == 200.0', true],
    ['attributes["list"] != nil', true],
    ['attributes["list"] == nil', false],
    ['attributes["map"] == nil', false],
    ['attributes["map"] != "a"', true],
    ['attributes["list"] < 5', false],
    ['attributes["constructor"] == nil', true],
    ['attributes["missing"] <= nil', true],
    ['attributes["missing"] < 5', false],
    ['attributes["ok"] > false', true],
    ['name > "GET"', true],
    ['IsMatch(name, "(?i)^get (?P<path>/.+)")', true],
    ['IsMatch(attributes["missing"], ".*")', false],
    ['IsMatch(attributes["code"], "^2\\\\d\\\\d$")', true],
    ['log.attributes["code"] == 200', true],
  ])('%s', (text, expected) => {
    expect(compileCondition(text)?.(facts)).toBe(expected);
  });

  it.each([
    'TraceID() == "x"',
    'attributes["a"]',
    'name == "a" junk',
    'Len(name) > 3',
    '==',
    `name == "\${env:NAME}"`,
    'name == "a$$"',
    'IsMatch(name, "(?=a)")',
    'IsMatch(name, "\\\\p{Greek}")',
    // Go's strconv.Unquote reads no such escape.
    'IsMatch(name, "\\d")',
    'attributes["a"]["b"] == 1',
    'attributes["code"] == 9007199254740993',
    'log.name == "a"',
  ])('does not pretend to understand %s', (text) => {
    expect(compileCondition(text)).toBeUndefined();
  });

  it.each([
    ['attributes["sure"] == "x"', false],
    ['attributes["unsure"] == nil', undefined],
    ['not (attributes["unsure"] == nil)', undefined],
    ['attributes["unsure"] == "x" and name == "other"', false],
    ['name == "other" or attributes["unsure"] == "x"', undefined],
    ['attributes["unsure"] == "x" or kind == 2', true],
    ['resource.attributes["unsure"] == "x"', false],
    ['resource.attributes["service.name"] == "shop"', undefined],
    ['IsMatch(attributes["unsure"], "x")', undefined],
    ['IsMatch(attributes["list"], "x")', undefined],
    ['attributes["list"] == attributes["list"]', undefined],
  ])('leaves open what hangs on uncertain keys: %s', (text, expected) => {
    const unsure = {
      ...facts,
      uncertainAttributes: new Set(['unsure']),
      uncertainResource: new Set(['service.name']),
    };
    expect(compileCondition(text)?.(unsure)).toBe(expected);
  });

  it('wants named paths where the context is inferred', () => {
    expect(compileCondition('span.kind == 2', 'named')?.(facts)).toBe(true);
    const byResource = 'resource.attributes["service.name"] == "shop"';
    expect(compileCondition(byResource, 'named')?.(facts)).toBe(true);
    expect(compileCondition('kind == 2', 'named')).toBeUndefined();
  });
});
