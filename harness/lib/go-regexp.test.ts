import { describe, expect, it } from 'vitest';
import { goRegExp } from './go-regexp.ts';

// What each answers was asked of Go's own regexp.MatchString.
describe('goRegExp', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['(?i)^get /HEALTH', ['GET /health', 'get /Healthz'], [' GET /health']],
    ['a(?i:b)c|(?i)d', ['aBc', 'D'], ['ABc', 'abC']],
    ['(a(?i)b|c)d', ['aBd', 'Cd'], ['ABd', 'abD']],
    // The Kelvin sign and the long s differ from k and s by case only.
    ['(?i)^[k-s]+$', ['KS', '\u212a\u017f'], ['j', 't']],
    ['(?i)^\\W$', ['-'], ['s', '\u017f']],
    ['^\\w$', ['s', '_'], ['\u017f', 'é']],
    ['^(?P<first>a)(?<second>b)$', ['ab'], ['a']],
    ['\\Aab\\z', ['ab'], ['ab\n', '\nab']],
    ['^b$', ['b'], ['a\nb', 'b\n']],
    ['(?m)^b$', ['b', 'a\nb\nc'], ['a\rb', '\u2028b']],
    ['^a.b$', ['a\rb', 'a\u2028b', 'a😀b'], ['a\nb', 'ab']],
    ['(?s)^a.b$', ['a\nb'], ['ab']],
    ['^\\s$', [' ', '\t', '\f'], ['\v', '\u00a0']],
    ['^[[:alpha:]_]+$', ['aZ_'], ['a1', '']],
    ['^[[:^digit:]]$', ['a', '😀'], ['1']],
    ['^[]a-]+$', [']a-'], ['[', '\\']],
    ['^[^]a]$', ['-', '\n'], [']', 'a']],
    ['^[\\D]$', ['a', 'é'], ['1']],
    ['^\\x41\\x{1F600}\\101\\.\\_$', ['A😀A._'], ['A😀Ax_']],
    ['^\\Qa.b*\\E+$', ['a.b*', 'a.b**'], ['axb*', 'a.b']],
    ['^a{2}b{,2}c{1,}$', ['aab{,2}cc'], ['aabbc', 'aab{,2}']],
    ['^{}]$', ['{}]'], ['{}']],
    ['\\bfoo\\b', ['a foo.', 'éfoo'], ['foo_', 'xfoo']],
    ['(?U)^a+?$', ['aa'], ['']],
    ['', ['', 'x'], []],
  ])('%s', (pattern, yes, no) => {
    const regex = goRegExp(pattern);
    expect([...yes, ...no].map((text) => regex?.test(text))).toEqual([
      ...yes.map(() => true),
      ...no.map(() => false),
    ]);
  });

  it.each([
    // Go rejects these.
    'a(?=b)',
    '(?<!a)b',
    '(a)\\1',
    '\\Z',
    '\\é',
    '[z-a]',
    '[[:foo:]]',
    'a**',
    '(a',
    'a)',
    'a{1001}',
    // Go reads these, but they can't be said exactly.
    '\\p{Greek}',
    '(?i)é',
    '\\B',
    'a+(?i)?',
  ])('does not read %s', (pattern) => {
    expect(goRegExp(pattern)).toBeUndefined();
  });

  it('keeps its groups, by number and by name', () => {
    const match = goRegExp('(?i)^(?:x|y)(a+)(?P<tail>[[:digit:]]*)(?P<9>z?)$')?.exec('XAA12');
    expect([...(match ?? [])]).toEqual(['XAA12', 'AA', '12', '']);
    expect(match?.groups?.tail).toBe('12');
  });

  it('compiles a pattern once', () => {
    expect(goRegExp('^once$')).toBe(goRegExp('^once$'));
  });
});
