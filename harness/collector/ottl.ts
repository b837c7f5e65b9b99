import { isExpanded } from '../lib/expansion.ts';
import { goRegExp } from '../lib/go-regexp.ts';
import type { OtlpValue } from '../lib/otlp/decode.ts';
import { isWord, tokenize, unquote } from './ottl-tokens.ts';

export type Attributes = Readonly<Record<string, OtlpValue>>;

/** What a condition can look at. */
export interface OttlFacts {
  readonly name: string;
  readonly kind: number;
  readonly statusCode: number;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  /** Keys of `attributes` of which nothing can be said. */
  readonly uncertainAttributes?: ReadonlySet<string>;
  /** Likewise of `resource`. */
  readonly uncertainResource?: ReadonlySet<string>;
  /** Likewise of fields beside the attributes, by their names in OTLP: `name`, `kind`, `status`. */
  readonly uncertainFields?: ReadonlySet<string>;
}

/** The answer is undefined where it hangs on what is uncertain. */
export type Condition = (facts: OttlFacts) => boolean | undefined;
/** `undefined`: the condition is not modelled. */
export type OttlCondition = Condition | undefined;

const enums: ReadonlyMap<string, number> = new Map([
  ['STATUS_CODE_UNSET', 0],
  ['STATUS_CODE_OK', 1],
  ['STATUS_CODE_ERROR', 2],
  ['SPAN_KIND_UNSPECIFIED', 0],
  ['SPAN_KIND_INTERNAL', 1],
  ['SPAN_KIND_SERVER', 2],
  ['SPAN_KIND_CLIENT', 3],
  ['SPAN_KIND_PRODUCER', 4],
  ['SPAN_KIND_CONSUMER', 5],
]);

/** By their numbers (pdata v1.58.0, ptrace/span_kind.go, String). */
const kindNames = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];

/** `named`: every path must name its context (`span.name`), as where the context is inferred. */
export type OttlPaths = 'own' | 'named';

/**
 * Compiles the conditions that filters are mostly written in: comparisons of attributes, name,
 * kind and status with constants, `IsMatch`, joined by `and`, `or`, `not`. Anything else is not
 * modelled (OTTL grammar: pkg/ottl v0.152.0, grammar.go; comparisons: compare.go). What is
 * modelled can't end in an error, so that `error_mode` does not count.
 */
export function compileCondition(written: string, paths: OttlPaths = 'own'): OttlCondition {
  const parser = parserOf(written, paths);
  const condition = parser && parseOr(parser);
  return parser?.position === parser?.tokens.length ? condition : undefined;
}

/** Undefined for a text that can't be cut into tokens, or is known only when the collector runs. */
export function parserOf(written: string, paths: OttlPaths): Parser | undefined {
  const tokens = isExpanded(written) ? undefined : tokenize(written);
  return tokens && { tokens, position: 0, paths };
}

/** In the context of a resource `attributes` are its own, and there is no span to look at. */
export const asResource = ({ resource, uncertainResource, ...facts }: OttlFacts): OttlFacts => ({
  ...facts,
  resource,
  attributes: resource,
  ...(uncertainResource ? { uncertainResource, uncertainAttributes: uncertainResource } : {}),
});

/** The keys of attributes that a condition looks at. */
export function attributeKeys(written: string): string[] {
  const tokens = tokenize(written) ?? [];
  return tokens.flatMap((token, i) =>
    /(^|\.)attributes$/.test(token) && tokens[i + 1] === '[' ? (unquote(tokens[i + 2]) ?? []) : [],
  );
}

export interface Parser {
  readonly tokens: readonly string[];
  readonly paths: OttlPaths;
  position: number;
}

export const next = (parser: Parser): string | undefined => parser.tokens[parser.position++];
export function take(parser: Parser, expected: string): boolean {
  if (parser.tokens[parser.position] !== expected) return false;
  parser.position++;
  return true;
}

/** Takes a whole condition. */
export function parseOr(parser: Parser): OttlCondition {
  let left = parseAnd(parser);
  while (left && take(parser, 'or')) left = joined(left, parseAnd(parser), true);
  return left;
}

function parseAnd(parser: Parser): OttlCondition {
  let left = parseUnary(parser);
  while (left && take(parser, 'and')) left = joined(left, parseUnary(parser), false);
  return left;
}

/** `or` is settled by one that is true, `and` by one that is false. */
function joined(a: Condition, b: OttlCondition, settling: boolean): OttlCondition {
  if (!b) return undefined;
  return (facts) => {
    const first = a(facts);
    if (first === settling) return settling;
    const second = b(facts);
    if (second === settling) return settling;
    return first === undefined || second === undefined ? undefined : !settling;
  };
}

function parseUnary(parser: Parser): OttlCondition {
  if (take(parser, 'not')) {
    const inner = parseUnary(parser);
    return (
      inner &&
      ((facts) => {
        const answer = inner(facts);
        return answer === undefined ? undefined : !answer;
      })
    );
  }
  if (take(parser, '(')) {
    const inner = parseOr(parser);
    return take(parser, ')') ? inner : undefined;
  }
  if (take(parser, 'IsMatch')) return parseIsMatch(parser);
  return parseComparison(parser);
}

/** `null` is nil, as an attribute is that is not there. */
export type Value = OtlpValue | typeof uncertain;
export const uncertain = Symbol('uncertain');
export type Getter = (facts: OttlFacts) => Value;

/** Lists and maps are matched as JSON, whose details are Go's: not modelled. */
function parseIsMatch(parser: Parser): OttlCondition {
  if (!take(parser, '(')) return undefined;
  const target = parseValue(parser);
  if (!take(parser, ',')) return undefined;
  const pattern = unquote(next(parser));
  const regex = pattern === undefined ? undefined : goRegExp(pattern);
  if (!target || !regex || !take(parser, ')')) return undefined;
  return (facts) => {
    const value = target(facts);
    if (value === null) return false;
    return value === uncertain || typeof value === 'object' ? undefined : regex.test(String(value));
  };
}

const operators: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];

function parseComparison(parser: Parser): OttlCondition {
  const left = parseValue(parser);
  const operator = next(parser) ?? '';
  const right = parseValue(parser);
  if (!left || !right || !operators.includes(operator)) return undefined;
  return (facts) => compare(left(facts), operator, right(facts));
}

/** compare.go: values of different types are unequal, and neither is the greater. */
function compare(a: Value, operator: string, b: Value): boolean | undefined {
  if (a === uncertain || b === uncertain) return undefined;
  if (a === null && b === null) return ['==', '<=', '>='].includes(operator);
  if (a === null || b === null || typeof a !== typeof b) return operator === '!=';
  if (typeof a === 'object') return undefined;
  if (typeof a === 'string') {
    const order = Buffer.compare(Buffer.from(a), Buffer.from(b as string));
    return compareNumbers(order, operator, 0);
  }
  return compareNumbers(Number(a), operator, Number(b));
}

function compareNumbers(a: number, operator: string, b: number): boolean {
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}

const constant =
  (value: Value): Getter =>
  () =>
    value;

/** Takes a literal or a path. */
export function parseValue(parser: Parser): Getter | undefined {
  const token = next(parser);
  if (token === undefined) return undefined;
  if (token.startsWith('"')) {
    const text = unquote(token);
    return text === undefined ? undefined : constant(text);
  }
  if (/^-?\d/.test(token)) {
    const value = Number(token);
    return token.includes('.') || Number.isSafeInteger(value) ? constant(value) : undefined;
  }
  if (token === 'true' || token === 'false') return constant(token === 'true');
  if (token === 'nil') return constant(null);
  const named = enums.get(token);
  if (named !== undefined) return constant(named);
  return isWord(token) ? parsePath(parser, token) : undefined;
}

function parsePath(parser: Parser, written: string): Getter | undefined {
  const path = written.replace(/^(span|log|metric|datapoint)\./, '');
  const isNamed = path !== written || path.startsWith('resource.');
  if (parser.paths === 'named' && !isNamed) return undefined;
  // Records and points have attributes, but no name, kind or status; a metric has a name.
  if (/^(log|datapoint)\./.test(written) && path !== 'attributes') return undefined;
  if (written.startsWith('metric.') && path !== 'name') return undefined;
  switch (path) {
    case 'name':
      return (facts) => (facts.uncertainFields?.has('name') ? uncertain : facts.name);
    case 'kind':
      return (facts) => (facts.uncertainFields?.has('kind') ? uncertain : facts.kind);
    case 'kind.string':
      return (facts) =>
        facts.uncertainFields?.has('kind') ? uncertain : (kindNames[facts.kind] ?? '');
    case 'status.code':
      return (facts) => (facts.uncertainFields?.has('status') ? uncertain : facts.statusCode);
    case 'attributes':
    case 'resource.attributes':
      return parseAttribute(parser, path === 'attributes');
    default:
      return undefined;
  }
}

function parseAttribute(parser: Parser, own: boolean): Getter | undefined {
  if (!take(parser, '[')) return undefined;
  const key = unquote(next(parser));
  if (key === undefined || !take(parser, ']')) return undefined;
  return (facts) => {
    const unsure = own ? facts.uncertainAttributes : facts.uncertainResource;
    if (unsure?.has(key)) return uncertain;
    const values = own ? facts.attributes : facts.resource;
    return Object.hasOwn(values, key) ? (values[key] ?? null) : null;
  };
}
