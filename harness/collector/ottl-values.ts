import { createHash } from 'node:crypto';
import { type Getter, next, type Parser, parseValue, take, uncertain, type Value } from './ottl.ts';

const unknown: Getter = () => uncertain;

/**
 * Takes one argument of a function. What is not modelled, such as most converters, is a value of
 * which nothing can be said. One that ends in an error is nil: the statement then does nothing, or
 * the whole request is refused (pkg/ottl v0.152.0, parser.go, StatementSequence.Execute).
 *
 * @returns undefined where the text ends inside of it
 */
export function parseArgument(parser: Parser): Getter | undefined {
  const start = parser.position;
  const own = parseConverter(parser) ?? parseValue(parser);
  if (own && isEnd(parser)) return own;
  parser.position = start;
  return skipArgument(parser) ? unknown : undefined;
}

const isEnd = ({ tokens, position }: Parser): boolean =>
  [',', ')', ']'].includes(tokens[position] ?? '');

function skipArgument(parser: Parser): boolean {
  for (let depth = 0; parser.position < parser.tokens.length; parser.position++) {
    if (depth === 0 && isEnd(parser)) return true;
    const token = parser.tokens[parser.position] ?? '';
    if ('([{'.includes(token)) depth++;
    if (')]}'.includes(token)) depth--;
  }
  return false;
}

/** Takes `[a, b]`; undefined for anything else. */
export function parseList(parser: Parser): Getter[] | undefined {
  if (!take(parser, '[')) return undefined;
  const values: Getter[] = [];
  while (!take(parser, ']')) {
    const value = parseArgument(parser);
    if (!value) return undefined;
    values.push(value);
    take(parser, ',');
  }
  return values;
}

/** Converters whose value can be told (ottlfuncs v0.152.0, func_concat.go, func_sha256.go). */
function parseConverter(parser: Parser): Getter | undefined {
  const start = parser.position;
  const name = next(parser);
  const found = take(parser, '(') ? converters.get(name ?? '')?.(parser) : undefined;
  if (!found || !take(parser, ')')) parser.position = start;
  return parser.position === start ? undefined : found;
}

const converters: ReadonlyMap<string, (parser: Parser) => Getter | undefined> = new Map([
  [
    'Concat',
    (parser: Parser) => {
      const values = parseList(parser);
      const separator = take(parser, ',') ? parseArgument(parser) : undefined;
      return (
        values &&
        separator &&
        ((facts) => {
          const parts = values.map((value) => textOf(value(facts)));
          const between = separator(facts);
          if (parts.includes(undefined) || typeof between !== 'string') return uncertain;
          return parts.join(between);
        })
      );
    },
  ],
  [
    'SHA256',
    (parser: Parser) => {
      const value = parseArgument(parser);
      return (
        value &&
        ((facts) => {
          const own = value(facts);
          if (own === uncertain) return uncertain;
          return typeof own === 'string' ? createHash('sha256').update(own).digest('hex') : null;
        })
      );
    },
  ],
]);

/** As StringLikeGetter does; lists and fractions are written as Go does, which is not modelled. */
function textOf(value: Value): string | undefined {
  if (value === null) return '<nil>';
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}
