import { expect, it } from 'vitest';
import { replaceAllAsGo } from './go-replace.ts';

// Answers of Go's regexp.ReplaceAllString (package regexp, all_test.go, replaceTests).
it.each([
  ['a', 'x', 'abaab', 'xbxxb'],
  ['a*', 'x', 'abaab', 'xbxbx'],
  ['', 'x', 'ab', 'xaxbx'],
  ['b+', '', 'abba', 'aa'],
  ['[a-c]*', 'x', '', 'x'],
  ['a*', 'x', 'ba', 'xbx'],
])('%s by "%s" in "%s"', (pattern, by, written, expected) => {
  expect(replaceAllAsGo(written, pattern, () => by)).toBe(expected);
});

it('says nothing where the shorter match is preferred', () => {
  expect(replaceAllAsGo('aaa', '(?U)a+', () => 'x')).toBeUndefined();
  expect(replaceAllAsGo('aaa', '\\p{Greek}', () => 'x')).toBeUndefined();
});
