import { describe, expect, it } from 'vitest';
import { compileCondition, type OttlFacts } from './ottl.ts';

const facts: OttlFacts = {
  name: 'GET /healthz',
  kind: 2,
  statusCode: 2,
  attributes: { 'http.route': '/healthz', code: 200, ok: true },
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
    ['IsMatch(name, "^GET /health.*")', true],
    ['attributes["ok"] == true', true],
    ['attributes["code"] == "200"', false],
  ])('%s', (text, expected) => {
    expect(compileCondition(text)?.(facts)).toBe(expected);
  });

  it.each(['TraceID() == "x"', 'attributes["a"]', 'name == "a" junk', 'Len(name) > 3', '=='])(
    'does not pretend to understand %s',
    (text) => {
      expect(compileCondition(text)).toBeUndefined();
    },
  );
});
