import { describe, expect, it } from 'vitest';
import { draftOf } from './draft.ts';
import { compileStatement } from './ottl-editors.ts';
import type { StatementContext } from './ottl-targets.ts';

// What each statement does is read off pkg/ottl v0.152.0, ottlfuncs/func_<name>.go.

const sent = {
  name: 'GET /',
  kind: 2,
  statusCode: 2,
  attributes: { user: 'me', route: '/cart/7', size: 5, note: 'a-b-c' },
  resource: { 'service.name': 'shop', team: 'blue' },
};

const span: StatementContext = { of: 'span', named: true };

function ran(written: string, context = span, facts: Parameters<typeof draftOf>[0] = sent) {
  const statement = compileStatement(written, context);
  const draft = draftOf(facts);
  if (!statement) return undefined;
  statement(draft);
  return draft;
}

const attributesAfter = (written: string) => ran(written)?.attributes;
const openAfter = (written: string, context = span) => {
  const draft = ran(written, context);
  return (
    draft && [
      ...draft.uncertainAttributes,
      ...[...draft.uncertainResource].map((key) => `resource ${key}`),
      ...[...draft.uncertainFields].map((field) => `field ${field}`),
    ]
  );
};

describe('compileStatement', () => {
  it.each([
    ['set(span.attributes["user"], "you")', { ...sent.attributes, user: 'you' }],
    ['set(span.attributes["new"], span.attributes["user"])', { ...sent.attributes, new: 'me' }],
    [
      'set(span.attributes["new"], resource.attributes["team"])',
      { ...sent.attributes, new: 'blue' },
    ],
    ['set(span.attributes["new"], span.attributes["absent"])', sent.attributes],
    ['set(span.attributes["user"], "you") where span.name == "POST /"', sent.attributes],
    ['delete_key(span.attributes, "user")', { route: '/cart/7', size: 5, note: 'a-b-c' }],
    ['delete_matching_keys(span.attributes, "^(user|note)$")', { route: '/cart/7', size: 5 }],
    ['keep_matching_keys(span.attributes, "^(user|note)$")', { user: 'me', note: 'a-b-c' }],
    ['keep_keys(span.attributes, ["user", "other"])', { user: 'me' }],
    ['truncate_all(span.attributes, 3)', { user: 'me', route: '/ca', size: 5, note: 'a-b' }],
    [
      'replace_pattern(span.attributes["route"], "/[0-9]+", "/{id}")',
      { ...sent.attributes, route: '/cart/{id}' },
    ],
    [
      'replace_all_patterns(span.attributes, "value", "[a-c]", "x")',
      { user: 'me', route: '/xxrt/7', size: 5, note: 'x-x-x' },
    ],
    [
      'set(span.attributes["new"], Concat([span.attributes["user"], span.attributes["size"], nil], "/"))',
      { ...sent.attributes, new: 'me/5/<nil>' },
    ],
    [
      'set(span.attributes["user"], SHA256("abc"))',
      {
        ...sent.attributes,
        user: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      },
    ],
    ['set(span.attributes["new"], SHA256(span.attributes["size"]))', sent.attributes],
    ['set(span.cache["x"], "y")', sent.attributes],
  ])('%s', (written, expected) => {
    expect(attributesAfter(written)).toEqual(expected);
    expect(openAfter(written)).toEqual([]);
  });

  it('sets name and status of a span; another type is an error, which changes nothing', () => {
    expect(ran('set(span.name, "x")')?.name).toBe('x');
    expect(ran('set(span.name, 5)')?.name).toBe('GET /');
    expect(ran('set(span.status.code, STATUS_CODE_OK)')?.statusCode).toBe(1);
    expect(openAfter('set(span.status.message, "x")')).toEqual(['field status']);
    expect(openAfter('set(log.body, "x")', { of: 'log', named: true })).toEqual(['field body']);
  });

  it('says nothing of a key whose value or condition is not modelled', () => {
    expect(openAfter('set(span.attributes["id"], Substring(span.name, 0, 3))')).toEqual(['id']);
    expect(openAfter('set(span.attributes["id"], "x") where Len(span.name) > 3')).toEqual(['id']);
    expect(openAfter('replace_pattern(span.attributes["user"], "(m)e", "$$1")')).toEqual(['user']);
    expect(openAfter('append(span.attributes["user"], "x")')).toEqual(['user']);
    expect(openAfter('limit(span.attributes, 2, ["user"])')).toEqual(Object.keys(sent.attributes));
    expect(openAfter('limit(span.attributes, 4, [])')).toEqual([]);
    // Nothing is done where it would change nothing.
    expect(openAfter('set(span.attributes["user"], "me") where Len(span.name) > 3')).toEqual([]);
  });

  it('what items write to their resource is sure where all of them write the same', () => {
    expect(ran('set(resource.attributes["env"], "prod")')?.resource.env).toBe('prod');
    const byItem = 'set(resource.attributes["env"], span.attributes["user"])';
    expect(openAfter(byItem)).toEqual(['resource env']);
    const some = 'set(resource.attributes["env"], "prod") where span.kind == SPAN_KIND_SERVER';
    expect(openAfter(some)).toEqual(['resource env']);
    const own: StatementContext = { of: 'resource', named: false };
    const bySelf = 'set(attributes["env"], attributes["team"])';
    expect(ran(bySelf, own)?.resource.env).toBe('blue');
  });

  it('is not modelled where it is not known what is written to', () => {
    for (const written of [
      'merge_maps(span.attributes, ParseJSON(span.name), "upsert")',
      'replace_all_patterns(span.attributes, "key", "a", "b")',
      'set(span.trace_id, TraceID(0x00))',
      'set(span.start_time_unix_nano, 5)',
      `set(span.attributes["\${env:A}"], "a")`,
      `set(span.attributes["a"], \${env:A})`,
      `\${env:STATEMENT}`,
      'set(attributes["a"], "b")',
      'flatten(span.attributes)',
    ]) {
      expect([written, compileStatement(written, span)]).toEqual([written, undefined]);
    }
  });
});

describe('a text with a variable in it', () => {
  it.each([
    [`set(span.attributes["a"], "\${env:A}")`, ['a']],
    [`set(span.attributes["user"], "\${A:-me}-$$1")`, ['user']],
    [
      `set(resource.attributes["r"], "\${env:A}") where resource.attributes["r"] == nil`,
      ['resource r'],
    ],
    [`set(span.attributes["a"], "x") where span.name == "\${env:A}"`, ['a']],
    [`replace_pattern(span.attributes["user"], "m", "\${env:A}")`, ['user']],
    [`set(span.attributes["a"], "\${env:A}") where span.name == "other"`, []],
  ])('leaves open what is written of it, and no more: %s', (written, open) => {
    const resource: StatementContext = { of: 'resource', named: true };
    expect(openAfter(written, written.includes('resource.') ? resource : span)).toEqual(open);
  });
});
