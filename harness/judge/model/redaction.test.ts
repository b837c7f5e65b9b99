import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../evidence/types.ts';
import { processor } from './causes.testing.ts';
import { editItem, isModelledEditor } from './edit-item.ts';
import { spanOf } from './edits.testing.ts';

const around = { signal: 'traces', pod: undefined } as const;
const edited = (config: Record<string, unknown>, own: Attributes, resource: Attributes = {}) =>
  editItem(spanOf(own, resource), [processor('redaction', config)], around);
const of = (config: Record<string, unknown>, own: Attributes) => edited(config, own).attributes;

describe('redaction (v0.152.0, processor.go)', () => {
  it('leaves what is allowed by its key, in resources too', () => {
    const { attributes, resource } = edited(
      { allowed_keys: ['a'], ignored_keys: ['b'], ignored_key_patterns: ['^c'] },
      { a: 1, b: 2, cc: 3, d: 4 },
      { a: 1, 'service.name': 'shop' },
    );
    expect([attributes, resource]).toEqual([{ a: 1, b: 2, cc: 3 }, { a: 1 }]);
  });

  it('masks by values and keys, but what is allowed or no text', () => {
    const config = {
      allow_all_keys: true,
      blocked_values: ['4[0-9]{3}', 'secret'],
      blocked_key_patterns: ['token$'],
      allowed_values: ['@example\\.org$'],
    };
    expect(of(config, { a: 'x4111y secret', n: 4111, my_token: 'a\nb', size_token: 5 })).toEqual({
      a: 'x****y ****',
      n: 4111,
      my_token: '****\n****',
      size_token: '****',
    });
    expect(of(config, { a: '4111@example.org' })).toEqual({ a: '4111@example.org' });
    const all = { ...config, redact_all_types: true };
    expect(of(all, { n: 4111, b: true })).toEqual({ n: '****', b: true });
  });

  it('hashes instead, and tells what it did', () => {
    const config = { allow_all_keys: true, blocked_values: ['abc'], hash_function: 'sha1' };
    expect(of(config, { a: 'xabc' })).toEqual({ a: 'xa9993e364706816aba3e25717850c26c9cd0d89d' });
    const told = { allowed_keys: ['b', 'a'], blocked_values: ['x'], summary: 'debug' };
    expect(of(told, { b: 'x', a: 'x', c: 1 })).toEqual({
      a: '****',
      b: '****',
      'redaction.masked.keys': 'a,b',
      'redaction.masked.count': 2,
      'redaction.redacted.keys': 'c',
      'redaction.redacted.count': 1,
    });
  });

  it('says nothing where patterns meet in an order that nobody knows', () => {
    const config = { allow_all_keys: true, blocked_values: ['abc', 'bcd'] };
    expect([...edited(config, { a: 'abcd' }).uncertainAttributes]).toEqual(['a']);
  });

  it('is not modelled where it rewrites URLs or statements', () => {
    const url = processor('redaction', { url_sanitizer: { enabled: true } });
    const sql = processor('redaction', { db_sanitizer: { sql: { enabled: true } } });
    const off = processor('redaction', { url_sanitizer: { enabled: false } });
    const all = [url, sql, off].map((component) => isModelledEditor(component, 'traces'));
    expect(all).toEqual([false, false, true]);
  });
});
