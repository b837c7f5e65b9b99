import { createHash } from 'node:crypto';
import type { Draft, DraftMap } from '../../collector/draft.ts';
import { mapOf, put, remove } from '../../collector/draft.ts';
import { hasExpansion } from '../../lib/expansion.ts';
import { goRegExp } from '../../lib/go-regexp.ts';
import { replaceAllAsGo } from '../../lib/go-replace.ts';
import type { OtlpValue } from '../../lib/otlp/decode.ts';
import { object, texts } from '../../pipeline/read.ts';
import type { Component, Signal } from '../../pipeline/types.ts';

/** Attributes in which it says itself what it did (v0.152.0, processor.go). */
const own = ['redacted', 'masked', 'allowed', 'ignored'] as const;
type Done = Record<(typeof own)[number], string[]>;

/** Algorithms by its own names; those with a key are not modelled. */
const algorithms: Readonly<Record<string, string>> = { sha1: 'sha1', sha3: 'sha3-256', md5: 'md5' };

/**
 * Whether it can be told what a `redaction` processor leaves: not where it rewrites URLs or
 * statements of databases, nor by a secret key.
 */
export function isModelledRedaction({ config }: Component): boolean {
  const hash = String(config.hash_function ?? '').toLowerCase();
  const [urls, statements] = [object(config.url_sanitizer), object(config.db_sanitizer)];
  return (
    !hasExpansion(config) &&
    (hash === '' || hash in algorithms) &&
    urls.enabled !== true &&
    !Object.values(statements).some((part) => object(part).enabled === true) &&
    ['ignored_key_patterns', 'blocked_key_patterns', 'allowed_values', 'blocked_values']
      .flatMap((key) => texts(config[key]))
      .every((pattern) => goRegExp(pattern) !== undefined)
  );
}

/**
 * Takes out and masks as `redaction` does (v0.152.0, processor.go, processAttrs): in the item's
 * attributes and in those of its resource. What it may do to scopes, events and bodies is not
 * followed.
 */
export function redact(draft: Draft, { config }: Component, signal: Signal): void {
  const rules = rulesOf(config);
  for (const part of ['resource', 'attributes'] as const) redactMap(mapOf(draft, part), rules);
  draft.uncertainFields.add('scope');
  if (signal === 'traces') draft.uncertainFields.add('events');
  if (signal !== 'logs' || (rules.blocked.length === 0 && rules.summary === '')) return;
  draft.uncertainFields.add('body');
  for (const kind of rules.summary === '' ? [] : own) {
    draft.uncertainAttributes.add(`redaction.body.${kind}.keys`);
    draft.uncertainAttributes.add(`redaction.body.${kind}.count`);
  }
}

interface Rules {
  readonly allowedKeys: ReadonlySet<string> | undefined;
  readonly ignores: (key: string) => boolean;
  readonly masksKey: (key: string) => boolean;
  readonly allows: (value: string) => boolean;
  readonly blocked: readonly string[];
  readonly mask: (value: string) => string;
  readonly allTypes: boolean;
  readonly summary: string;
}

function rulesOf(config: Component['config']): Rules {
  const anyOf = (key: string) => {
    const patterns = texts(config[key]).flatMap((pattern) => goRegExp(pattern) ?? []);
    return (written: string): boolean => patterns.some((pattern) => pattern.test(written));
  };
  const ignoredKeys = new Set(texts(config.ignored_keys));
  const ignoresByPattern = anyOf('ignored_key_patterns');
  const algorithm = algorithms[String(config.hash_function ?? '').toLowerCase()];
  const marks = own.flatMap((kind) => (kind === 'allowed' ? [] : [`redaction.${kind}.count`]));
  const listed = ['redaction.redacted.keys', 'redaction.masked.keys', ...marks];
  return {
    allowedKeys:
      config.allow_all_keys === true
        ? undefined
        : new Set([...texts(config.allowed_keys), ...listed]),
    ignores: (key) => ignoredKeys.has(key) || ignoresByPattern(key),
    masksKey: anyOf('blocked_key_patterns'),
    allows: anyOf('allowed_values'),
    blocked: texts(config.blocked_values),
    mask: (value) =>
      algorithm === undefined ? '****' : createHash(algorithm).update(value).digest('hex'),
    allTypes: config.redact_all_types === true,
    summary: config.summary === 'debug' || config.summary === 'info' ? config.summary : '',
  };
}

function redactMap(map: DraftMap, rules: Rules): void {
  const done: Done = { redacted: [], masked: [], allowed: [], ignored: [] };
  const isOpen = map.uncertain.size > 0;
  for (const [key, value] of Object.entries(map.values)) {
    if (map.uncertain.has(key)) continue;
    if (rules.ignores(key)) done.ignored.push(key);
    else if (rules.allowedKeys && !rules.allowedKeys.has(key)) done.redacted.push(key);
    else redactValue(map, key, value, rules, done);
  }
  for (const key of done.redacted) remove(map, key);
  for (const key of [...map.uncertain]) {
    if (rules.allowedKeys && !rules.allowedKeys.has(key) && !rules.ignores(key)) remove(map, key);
  }
  summarize(map, rules.summary, done, isOpen);
}

function redactValue(map: DraftMap, key: string, value: OtlpValue, rules: Rules, done: Done): void {
  const written = typeof value === 'string' ? value : rules.allTypes ? asText(value) : '';
  if (written === undefined) {
    map.uncertain.add(key);
    return;
  }
  if (rules.allows(written)) {
    done.allowed.push(key);
    return;
  }
  // Each line is masked by itself: `.` stands for no end of a line there.
  const after = rules.masksKey(key)
    ? written.split('\n').map(rules.mask).join('\n')
    : masked(written, rules);
  if (after === undefined) map.uncertain.add(key);
  else if (rules.masksKey(key) || after !== written) {
    put(map, key, after);
    done.masked.push(key);
  }
}

/** Patterns are gone through in no order: where that makes a difference nothing can be said. */
function masked(written: string, { blocked, mask }: Rules): string | undefined {
  const through = (patterns: readonly string[]): string | undefined =>
    patterns.reduce<string | undefined>(
      (value, pattern) => (value === undefined ? value : replaceAllAsGo(value, pattern, mask)),
      written,
    );
  const after = through(blocked);
  return after === through(blocked.toReversed()) ? after : undefined;
}

/** Numbers as Go writes them where it can be told; lists and maps not. */
function asText(value: OtlpValue): string | undefined {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

/** @param isOpen it may have met more than is known */
function summarize(map: DraftMap, summary: string, done: Done, isOpen: boolean): void {
  if (summary === '') return;
  for (const kind of own) {
    const [keys, count] = [`redaction.${kind}.keys`, `redaction.${kind}.count`];
    const before = map.values[count];
    if (isOpen || before !== undefined) {
      map.uncertain.add(count);
      if (kind !== 'ignored') map.uncertain.add(keys);
      continue;
    }
    if (done[kind].length === 0) continue;
    put(map, count, done[kind].length);
    if (summary === 'debug' && kind !== 'ignored') {
      put(map, keys, done[kind].toSorted().join(','));
    }
  }
}
