import { goRegExp } from '../lib/go-regexp.ts';
import { replaceAllAsGo } from '../lib/go-replace.ts';
import type { OtlpValue } from '../lib/otlp/decode.ts';
import { type Draft, type DraftMap, mapOf, mayEdit, put, remove } from './draft.ts';
import {
  asResource,
  type Condition,
  type Getter,
  next,
  type OttlFacts,
  type Parser,
  parseOr,
  parserOf,
  take,
  uncertain,
} from './ottl.ts';
import { isSameForAll, parseTarget, type StatementContext, type Target } from './ottl-targets.ts';
import { unknownText } from './ottl-tokens.ts';
import { parseArgument, parseList } from './ottl-values.ts';

/** Changes an item as a statement does. */
export type Statement = (draft: Draft) => void;

/** What an editor does to a target, with its arguments. */
type Edit = (draft: Draft, facts: OttlFacts) => void;

/**
 * Compiles a statement of OTTL (pkg/ottl v0.152.0, grammar.go; ottlfuncs). A value, a condition or
 * an editor that is not modelled makes what it writes to uncertain.
 *
 * @returns undefined where it is not even known what it writes to
 */
export function compileStatement(
  written: string,
  context: StatementContext,
): Statement | undefined {
  const parser = parserOf(expanded(written), context.named ? 'named' : 'own');
  if (!parser) return undefined;
  const editor = next(parser) ?? '';
  const target = take(parser, '(') ? parseTarget(parser, context) : undefined;
  if (!target) return undefined;
  const edit = parseEdit(editor, target, parser);
  const where = edit && take(parser, 'where') ? parseWhere(parser, context) : always;
  if (!edit || parser.position < parser.tokens.length) return undefined;
  const isShared = target.in === 'resource' && context.of !== 'resource';
  const isSure = !isShared || isSameForAll(parser.tokens);
  return (draft) => {
    const facts = context.of === 'resource' ? asResource(draft) : draft;
    const answer = where(facts);
    if (answer === false) return;
    if (answer && isSure) edit(draft, facts);
    else mayEdit(draft, (own) => edit(own, facts));
  };
}

/**
 * A statement as it is once the collector has put variables in: what is a part of a text stays one,
 * of which nothing is known. One that holds a quote makes the collector end, or says what nobody
 * meant.
 */
const expanded = (written: string): string =>
  written.replace(/\$\$|\$\{[^{}]*\}/g, (found) => (found === '$$' ? '$' : unknownText));

const always: Condition = () => true;
const perhaps: Condition = () => undefined;

/** Takes the rest; a condition that is not modelled is never answered. */
function parseWhere(parser: Parser, { of }: StatementContext): Condition {
  const condition = of === 'scope' || of === 'spanevent' ? undefined : parseOr(parser);
  if (condition && parser.position === parser.tokens.length) return condition;
  parser.position = parser.tokens.length;
  return perhaps;
}

/** Takes an editor's other arguments and the bracket behind them. */
function parseEdit(editor: string, target: Target, parser: Parser): Edit | undefined {
  if (editor === 'keep_keys' && isMap(target)) return parseKeepKeys(target, parser);
  const values: Getter[] = [];
  while (take(parser, ',')) {
    const value = parseArgument(parser);
    if (!value) return undefined;
    values.push(value);
  }
  if (!take(parser, ')')) return undefined;
  if (target.in === 'nowhere') return () => undefined;
  // Keys that are replaced are made anew, by names that are not known.
  if (editor === 'replace_all_patterns' && !parser.tokens.includes('"value"')) return undefined;
  const given = (facts: OttlFacts) => values.map((value) => value(facts));
  if (isMap(target)) {
    const ofMap = mapEditors.get(editor);
    if (!ofMap) return undefined;
    return (draft, facts) => ofMap(mapOf(draft, target.in), given(facts));
  }
  const [value] = values;
  if (editor === 'set' && value) return (draft, facts) => setTo(draft, target, value(facts));
  if (editor !== 'replace_pattern') return (draft) => setTo(draft, target, uncertain);
  return (draft, facts) => {
    const own = valueAt(draft, target);
    if (own === uncertain) setTo(draft, target, uncertain);
    else if (typeof own === 'string') setTo(draft, target, replaced(own, given(facts)));
  };
}

type MapTarget = Target & { readonly in: 'attributes' | 'resource' };

const isMap = (target: Target): target is MapTarget =>
  (target.in === 'attributes' || target.in === 'resource') && target.key === undefined;

function parseKeepKeys(target: MapTarget, parser: Parser): Edit | undefined {
  const keys = take(parser, ',') ? parseList(parser) : undefined;
  if (!keys || !take(parser, ')')) return undefined;
  return (draft, facts) => {
    const kept = keys.map((key) => key(facts));
    const map = mapOf(draft, target.in);
    if (kept.includes(uncertain)) doubt(map, Object.keys(map.values));
    else removeAll(map, (key) => !kept.includes(key));
  };
}

type Values = readonly ReturnType<Getter>[];

const mapEditors: ReadonlyMap<string, (map: DraftMap, values: Values) => void> = new Map([
  [
    'delete_key',
    (map: DraftMap, [key]: Values) => {
      if (typeof key === 'string') remove(map, key);
      else doubt(map, Object.keys(map.values));
    },
  ],
  ['delete_matching_keys', (map: DraftMap, values: Values) => removeMatching(map, values, true)],
  ['keep_matching_keys', (map: DraftMap, values: Values) => removeMatching(map, values, false)],
  ['truncate_all', (map: DraftMap, [limit, ...others]: Values) => truncate(map, limit, others)],
  [
    'limit',
    (map: DraftMap, [limit]: Values) => {
      const keys = Object.keys(map.values);
      if (typeof limit !== 'number' || keys.length + map.uncertain.size > limit) doubt(map, keys);
    },
  ],
  [
    'replace_all_patterns',
    (map: DraftMap, [mode, ...values]: Values) => {
      for (const [key, value] of Object.entries(map.values)) {
        if (typeof value !== 'string') continue;
        const after = mode === 'value' ? replaced(value, values) : uncertain;
        if (after === uncertain) map.uncertain.add(key);
        else map.values[key] = after;
      }
    },
  ],
]);

function removeMatching(map: DraftMap, [pattern]: Values, ifMatching: boolean): void {
  const regex = typeof pattern === 'string' ? goRegExp(pattern) : undefined;
  if (regex) removeAll(map, (key) => regex.test(key) === ifMatching);
  else doubt(map, Object.keys(map.values));
}

function removeAll(map: DraftMap, isMeant: (key: string) => boolean): void {
  for (const key of new Set([...Object.keys(map.values), ...map.uncertain])) {
    if (isMeant(key)) remove(map, key);
  }
}

function doubt({ uncertain: open }: DraftMap, keys: readonly string[]): void {
  for (const key of keys) open.add(key);
}

/** By bytes, never through the middle of a character. */
function truncate(map: DraftMap, limit: ReturnType<Getter> | undefined, others: Values): void {
  for (const [key, value] of Object.entries(map.values)) {
    if (typeof value !== 'string') continue;
    const bytes = Buffer.from(value);
    if (typeof limit !== 'number' || (others.length > 0 && bytes.length > limit)) {
      map.uncertain.add(key);
    } else if (bytes.length > limit) {
      let end = limit;
      while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
      map.values[key] = bytes.toString('utf8', 0, end);
    }
  }
}

/** What `$` in a replacement stands for is not modelled, nor are a function and its format. */
function replaced(own: string, [pattern, by, ...others]: Values): OtlpValue | typeof uncertain {
  if (typeof pattern !== 'string' || typeof by !== 'string') return uncertain;
  if (by.includes('$') || others.length > 0) return uncertain;
  return replaceAllAsGo(own, pattern, () => by) ?? uncertain;
}

function valueAt(draft: Draft, target: Target): ReturnType<Getter> {
  if (target.in === 'attributes' || target.in === 'resource') {
    const { values, uncertain: open } = mapOf(draft, target.in);
    const key = target.key ?? '';
    if (target.isInside || open.has(key)) return uncertain;
    return Object.hasOwn(values, key) ? (values[key] ?? null) : null;
  }
  if (target.in === 'name') return draft.uncertainFields.has('name') ? uncertain : draft.name;
  return uncertain;
}

/** Nil sets nothing; a value of another type is an error, which does nothing either. */
function setTo(draft: Draft, target: Target, value: ReturnType<Getter>): void {
  if (value === null) return;
  switch (target.in) {
    case 'nowhere':
      return;
    case 'attributes':
    case 'resource': {
      const map = mapOf(draft, target.in);
      const key = target.key ?? '';
      if (value === uncertain || target.isInside) map.uncertain.add(key);
      else put(map, key, value);
      return;
    }
    case 'name':
      if (value === uncertain) draft.uncertainFields.add('name');
      else if (typeof value === 'string') {
        draft.name = value;
        draft.uncertainFields.delete('name');
      }
      return;
    case 'statusCode':
      if (typeof value === 'number' && !draft.uncertainFields.has('status')) {
        draft.statusCode = value;
      } else if (value === uncertain || typeof value === 'number') {
        draft.uncertainFields.add('status');
      }
      return;
    default:
      draft.uncertainFields.add(target.field);
  }
}
