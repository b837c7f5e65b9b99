import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../evidence/types.ts';
import { pod, processor } from './causes.testing.ts';
import { editAttributes, editResource } from './edits.testing.ts';
import { differingKeys } from './edits.ts';

describe('editAttributes', () => {
  it('runs insert, update, upsert and delete as the processor does', () => {
    const redact = processor('attributes', {
      actions: [
        { key: 'db.statement', action: 'update', value: '[redacted]' },
        { key: 'absent', action: 'update', value: 'x' },
        { key: 'present', action: 'insert', value: 'new' },
        { key: 'added', action: 'insert', value: 1 },
        { key: 'copy', action: 'upsert', from_attribute: 'present' },
        { key: 'secret', action: 'delete' },
      ],
    });
    const edited = editAttributes({ 'db.statement': 'SELECT', present: 'old', secret: 's' }, [
      redact,
    ]);
    expect(edited.values).toEqual({
      'db.statement': '[redacted]',
      present: 'old',
      added: 1,
      copy: 'old',
    });
    expect(differingKeys(edited, { ...edited.values, secret: 's' })).toEqual(['secret']);
  });

  it('hashes texts and booleans, twice where key and pattern both name one', () => {
    const digest = (value: string | Buffer) => createHash('sha256').update(value).digest('hex');
    const hashed = (action: object, own: Attributes) =>
      editAttributes(own, [processor('attributes', { actions: [{ ...action, action: 'hash' }] })]);
    const own = { url: 'http://shop/me', known: true, other: 'o' };
    expect(hashed({ key: 'url' }, own).values).toEqual({ ...own, url: digest(own.url) });
    const flags = hashed({ key: 'url', pattern: '^(url|known)$' }, own);
    expect(flags.values.url).toBe(digest(digest(own.url)));
    expect(flags.values.known).toBe(digest(Buffer.from([1])));
    expect(flags.values.other).toBe('o');
    expect(hashed({ key: 'list' }, { list: ['a'] }).values).toEqual({ list: '' });
    expect(hashed({ key: 'absent' }, own)).toEqual({ values: own, uncertain: new Set() });
  });

  it('says nothing of keys that an action treats in a way that is not modelled', () => {
    const changed = processor('attributes', {
      actions: [
        { key: 'count', action: 'hash' },
        { key: 'user', action: 'convert', converted_type: 'int' },
      ],
    });
    const edited = editAttributes({ user: '7', count: 3, other: 1 }, [changed]);
    expect(differingKeys(edited, { user: 7, count: 'f00', other: 1 })).toEqual([]);
    expect(differingKeys(edited, { user: 7, count: 'f00', other: 2 })).toEqual(['other']);
  });

  const run = (action: Record<string, unknown>, own: Record<string, string | number> = {}) =>
    editAttributes(own, [processor('attributes', { actions: [{ key: 'k', ...action }] })]);

  it('puts the default where no other value is found', () => {
    const from = { action: 'upsert', from_attribute: 'other', default_value: 'none' };
    expect(run(from).values).toEqual({ k: 'none' });
    expect(run(from, { other: 'o' }).values).toEqual({ k: 'o', other: 'o' });
    expect(run({ action: 'insert', value: 'v', default_value: 'd' }).values).toEqual({
      k: 'v',
    });
    expect(run({ action: 'insert', default_value: 'd' }, { k: 'old' }).values.k).toBe('old');
    expect(run({ action: 'UPDATE', default_value: 'd' }, { k: 'old' }).values.k).toBe('d');
    const context = run({ action: 'insert', from_context: 'client.address', default_value: 'd' });
    expect([...context.uncertain]).toEqual(['k']);
  });

  it('knows no value that the collector reads from elsewhere', () => {
    expect([...run({ action: 'upsert', value: `\${env:CLUSTER}` }).uncertain]).toEqual(['k']);
    // Nothing is put over what is there.
    expect(run({ action: 'insert', value: `\${env:CLUSTER}` }, { k: 'old' }).uncertain.size).toBe(
      0,
    );
  });

  it('deletes by Go’s patterns', () => {
    const own = { 'http.Secret': 's', 'db.secret': 's', path: '/' };
    const pattern = '(?i)\\.(?P<what>SECRET)$';
    const deleted = run({ action: 'delete', pattern }, own);
    expect(deleted).toEqual({ values: { path: '/' }, uncertain: new Set() });
    const unread = run({ action: 'delete', pattern: '\\p{Greek}' }, own);
    expect([...unread.uncertain].sort()).toEqual(Object.keys(own).sort());
  });

  it('extracts to the keys that the groups name', () => {
    const extract = { action: 'extract', pattern: '^/(?P<user>.+)/(?P<page>.+)$' };
    const edited = run(extract, { k: '/me/home', '/x/y': 1 });
    expect([...edited.uncertain]).toEqual(['user', 'page']);
    expect(run(extract, { k: 5 }).uncertain.size).toBe(0);
  });

  it('knows again a key that is deleted or overwritten', () => {
    const actions = [
      { key: 'a', action: 'hash' },
      { key: 'b', action: 'hash' },
      { key: 'a', action: 'delete' },
      { key: 'b', action: 'upsert', value: 2 },
    ];
    const edited = editAttributes({ a: 1, b: 1 }, [processor('attributes', { actions })]);
    expect(edited).toEqual({ values: { b: 2 }, uncertain: new Set() });
  });
});

describe('editResource', () => {
  const k8s = processor('k8s_attributes', {
    extract: {
      metadata: ['k8s.pod.name', 'k8s.node.name', 'k8s.pod.start_time'],
      labels: [{ tag_name: 'team', key: 'team', from: 'pod' }],
    },
  });

  it('expects the pod’s own metadata', () => {
    const edited = editResource({ 'service.name': 'shop' }, [k8s], { pod, nodeName: 'n1' });
    expect(edited.values).toEqual({
      'service.name': 'shop',
      'k8s.pod.name': 'shop-abc-1',
      'k8s.node.name': 'n1',
      team: 'blue',
    });
    const wrong = { ...edited.values, 'k8s.pod.name': 'other', 'k8s.pod.start_time': 'x' };
    expect(differingKeys(edited, wrong)).toEqual(['k8s.pod.name']);
  });
});
