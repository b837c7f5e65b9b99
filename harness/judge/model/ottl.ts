import type { Attributes } from '../../evidence/types.ts';

/** What a filter condition can look at. */
export interface OttlFacts {
  readonly name: string;
  readonly kind: number;
  readonly statusCode: number;
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

/** `undefined`: the condition is not modelled. */
export type OttlCondition = ((facts: OttlFacts) => boolean) | undefined;

const statusNames: Readonly<Record<string, number>> = {
  STATUS_CODE_UNSET: 0,
  STATUS_CODE_OK: 1,
  STATUS_CODE_ERROR: 2,
};
const kindNames: Readonly<Record<string, number>> = {
  SPAN_KIND_UNSPECIFIED: 0,
  SPAN_KIND_INTERNAL: 1,
  SPAN_KIND_SERVER: 2,
  SPAN_KIND_CLIENT: 3,
  SPAN_KIND_PRODUCER: 4,
  SPAN_KIND_CONSUMER: 5,
};

/**
 * Compiles the conditions that filters are mostly written in: comparisons of attributes, name,
 * kind and status with constants, `IsMatch`, joined by `and`, `or`, `not`. Anything else is not
 * modelled (OTTL grammar: pkg/ottl v0.152.0, LANGUAGE.md).
 */
export function compileCondition(written: string): OttlCondition {
  const tokens = tokenize(written);
  if (!tokens) return undefined;
  const parser = { tokens, position: 0 };
  const condition = parseOr(parser);
  return parser.position === tokens.length ? condition : undefined;
}

interface Parser {
  readonly tokens: readonly string[];
  position: number;
}

function tokenize(text: string): string[] | undefined {
  const pattern =
    /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_.]*)|(==|!=|<=|>=|<|>|[()[\],]))/gy;
  const tokens: string[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    tokens.push(match[0].trim());
    end = (match.index ?? 0) + match[0].length;
  }
  return text.slice(end).trim() === '' && tokens.length > 0 ? tokens : undefined;
}

const peek = (parser: Parser): string | undefined => parser.tokens[parser.position];
function take(parser: Parser, expected: string): boolean {
  if (peek(parser) !== expected) return false;
  parser.position++;
  return true;
}

function parseOr(parser: Parser): OttlCondition {
  let left = parseAnd(parser);
  while (left && take(parser, 'or')) {
    const [a, b] = [left, parseAnd(parser)];
    left = b && ((facts) => a(facts) || b(facts));
  }
  return left;
}

function parseAnd(parser: Parser): OttlCondition {
  let left = parseUnary(parser);
  while (left && take(parser, 'and')) {
    const [a, b] = [left, parseUnary(parser)];
    left = b && ((facts) => a(facts) && b(facts));
  }
  return left;
}

function parseUnary(parser: Parser): OttlCondition {
  if (take(parser, 'not')) {
    const inner = parseUnary(parser);
    return inner && ((facts) => !inner(facts));
  }
  if (take(parser, '(')) {
    const inner = parseOr(parser);
    return take(parser, ')') ? inner : undefined;
  }
  if (take(parser, 'IsMatch')) return parseIsMatch(parser);
  return parseComparison(parser);
}

type Value = string | number | boolean | null | undefined;
type Getter = (facts: OttlFacts) => Value;

function parseIsMatch(parser: Parser): OttlCondition {
  if (!take(parser, '(')) return undefined;
  const target = parseValue(parser);
  if (!take(parser, ',')) return undefined;
  const pattern = parser.tokens[parser.position++];
  if (!target || !pattern?.startsWith('"') || !take(parser, ')')) return undefined;
  const regex = new RegExp(unquote(pattern));
  return (facts) => {
    const value = target(facts);
    return value !== undefined && value !== null && regex.test(String(value));
  };
}

function parseComparison(parser: Parser): OttlCondition {
  const left = parseValue(parser);
  const operator = parser.tokens[parser.position++];
  const right = parseValue(parser);
  if (!left || !right) return undefined;
  const compare = operators[operator ?? ''];
  return compare && ((facts) => compare(left(facts), right(facts)));
}

const operators: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  '==': (a, b) => (a ?? null) === (b ?? null),
  '!=': (a, b) => (a ?? null) !== (b ?? null),
  '<': (a, b) => typeof a === typeof b && a != null && b != null && a < b,
  '<=': (a, b) => typeof a === typeof b && a != null && b != null && a <= b,
  '>': (a, b) => typeof a === typeof b && a != null && b != null && a > b,
  '>=': (a, b) => typeof a === typeof b && a != null && b != null && a >= b,
};

const unquote = (token: string): string => JSON.parse(token) as string;

function parseValue(parser: Parser): Getter | undefined {
  const token = parser.tokens[parser.position++];
  if (token === undefined) return undefined;
  if (token.startsWith('"')) return constant(unquote(token));
  if (/^-?\d/.test(token)) return constant(Number(token));
  if (token === 'true' || token === 'false') return constant(token === 'true');
  if (token === 'nil') return constant(null);
  const named = statusNames[token] ?? kindNames[token];
  if (named !== undefined) return constant(named);
  return parsePath(parser, token.replace(/^span\./, ''));
}

const constant =
  (value: Value): Getter =>
  () =>
    value;

function parsePath(parser: Parser, path: string): Getter | undefined {
  switch (path) {
    case 'name':
      return (facts) => facts.name;
    case 'kind':
      return (facts) => facts.kind;
    case 'status.code':
      return (facts) => facts.statusCode;
    case 'attributes':
    case 'resource.attributes': {
      if (!take(parser, '[')) return undefined;
      const key = parser.tokens[parser.position++];
      if (!key?.startsWith('"') || !take(parser, ']')) return undefined;
      const name = unquote(key);
      return (facts) => {
        const value = (path === 'attributes' ? facts.attributes : facts.resource)[name];
        return typeof value === 'object' ? undefined : value;
      };
    }
    default:
      return undefined;
  }
}
