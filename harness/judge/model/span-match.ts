import { isExpanded } from '../../lib/expansion.ts';
import { goRegExp } from '../../lib/go-regexp.ts';
import type { OtlpValue } from '../../lib/otlp/decode.ts';
import { list, object, type Plain, text } from '../../pipeline/read.ts';
import type { ItemFacts } from './item-facts.ts';

/** Whether a span has the properties; undefined where that is not modelled. */
type Matches = (facts: ItemFacts) => boolean | undefined;

/**
 * Whether `include` and `exclude` of spans take one out: what is not included, or excluded
 * (internal/filter v0.152.0, filterspan/filterspan.go, NewSkipExpr).
 */
export function skipsSpan({ include, exclude, ...others }: Plain): Matches {
  const isOpen = Object.values(others).some((value) => value !== null);
  const included = include == null ? () => true : spanMatch(object(include));
  const excluded = exclude == null ? () => false : spanMatch(object(exclude));
  return (facts) => {
    if (isOpen) return undefined;
    const [isIncluded, isExcluded] = [included(facts), excluded(facts)];
    if (isIncluded === false || isExcluded === true) return true;
    return isIncluded === undefined || isExcluded === undefined ? undefined : false;
  };
}

/** All of the properties; of those that name several values, one of them (filterspan.go, Eval). */
function spanMatch(properties: Plain): Matches {
  const { match_type: type, regexp: _, ...written } = properties;
  const wanted = Object.entries(written).filter(([, value]) => value != null);
  const parts = wanted.map(([key, value]) => propertyMatch(key, value, type) ?? unknown);
  return (facts) => {
    const answers = parts.map((part) => part(facts));
    if (answers.includes(false)) return false;
    return answers.includes(undefined) ? undefined : true;
  };
}

const unknown: Matches = () => undefined;

function propertyMatch(key: string, value: unknown, type: unknown): Matches | undefined {
  if (!Array.isArray(value)) return undefined;
  switch (key) {
    case 'services':
      return serviceMatch(anyOf(value, type));
    case 'span_names':
      return fieldMatch(anyOf(value, type), 'name', ({ name }) => name);
    case 'span_kinds':
      return fieldMatch(anyOf(value, type), 'kind', ({ kind }) => kindNames[kind] ?? '');
    case 'attributes':
      return attributesMatch(value, type, ({ attributes, uncertainAttributes }) => ({
        found: attributes,
        uncertain: uncertainAttributes,
      }));
    case 'resources':
      return attributesMatch(value, type, ({ resource, uncertainResource }) => ({
        found: resource,
        uncertain: uncertainResource,
      }));
    default:
      return undefined;
  }
}

/** By their numbers (internal/coreinternal v0.152.0, traceutil, SpanKindStr). */
const kindNames = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (name) => `SPAN_KIND_${name}`,
);

type TextTest = (found: string) => boolean;

/** One of several texts, or patterns that match anywhere (filterset, strict and regexp). */
function anyOf(written: readonly unknown[], type: unknown): TextTest | undefined {
  const words = written.flatMap((word) => text(word) ?? []);
  if (words.length < written.length || words.some(isExpanded)) return undefined;
  if (type === 'strict') return (found) => words.includes(found);
  const patterns = words.map(goRegExp);
  if (type !== 'regexp' || patterns.includes(undefined)) return undefined;
  return (found) => patterns.some((pattern) => pattern?.test(found));
}

function fieldMatch(
  test: TextTest | undefined,
  field: string,
  of: (facts: ItemFacts) => string,
): Matches | undefined {
  return test && ((facts) => (facts.uncertainFields?.has(field) ? undefined : test(of(facts))));
}

const serviceMatch = (test: TextTest | undefined): Matches | undefined =>
  test &&
  (({ resource, uncertainResource }) => {
    const key = 'service.name';
    if (uncertainResource?.has(key)) return undefined;
    const found = asText(resource[key] ?? '<nil-service-name>');
    return found === undefined ? undefined : test(found);
  });

/** Where attributes are found, and which of them are uncertain. */
type Look = (facts: ItemFacts) => {
  readonly found: Readonly<Record<string, OtlpValue>>;
  readonly uncertain: ReadonlySet<string> | undefined;
};

/** Each of the attributes is there, with its value where one is asked (filtermatcher, Match). */
function attributesMatch(wanted: readonly unknown[], type: unknown, look: Look): Matches {
  const tests = wanted.map((one) => {
    const { key, value } = object(one);
    const test = value == null ? () => true : valueTest(value, type);
    return { key: text(key) ?? '', test };
  });
  return (facts) => {
    const { found, uncertain } = look(facts);
    const answers = tests.map(({ key, test }) => {
      if (key === '' || isExpanded(key) || uncertain?.has(key)) return undefined;
      const value = found[key];
      return value === undefined ? false : test?.(value);
    });
    if (answers.includes(false)) return false;
    return answers.includes(undefined) ? undefined : true;
  };
}

/** Numbers that are equal are of one type or of two: that is not told here. */
function valueTest(
  wanted: unknown,
  type: unknown,
): ((found: OtlpValue) => boolean | undefined) | undefined {
  if (typeof wanted === 'string' && isExpanded(wanted)) return undefined;
  if (type === 'strict') {
    if (typeof wanted === 'number') return (found) => (found === wanted ? undefined : false);
    const isPlain = typeof wanted === 'string' || typeof wanted === 'boolean';
    return isPlain ? (found) => found === wanted : undefined;
  }
  const test = anyOf(list([wanted]), type);
  if (typeof wanted !== 'string' || !test) return undefined;
  return (found) => {
    const shown = asText(found);
    return shown === undefined ? undefined : test(shown);
  };
}

/** As Go writes it (attributematcher.go, attributeStringValue); undefined for what is not sure. */
function asText(value: OtlpValue): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}
