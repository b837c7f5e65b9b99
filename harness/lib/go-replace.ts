import { goRegExp } from './go-regexp.ts';

/** Turns round which of several matches is found: said in no other way in JavaScript. */
export const prefersShort = /\(\?[a-zA-Z]*U/;

/**
 * Replaces every match as Go's `ReplaceAllStringFunc` does (package regexp, replaceAll): an empty
 * match right behind another one is none.
 *
 * @returns undefined for a pattern that can't be said exactly
 */
export function replaceAllAsGo(
  written: string,
  pattern: string,
  by: (match: string) => string,
): string | undefined {
  const regex = prefersShort.test(pattern) ? undefined : goRegExp(pattern);
  if (!regex) return undefined;
  let [replaced, end] = ['', 0];
  for (const { 0: match, index } of written.matchAll(new RegExp(regex.source, 'gu'))) {
    if (match === '' && index === end && index > 0) continue;
    replaced += written.slice(end, index) + by(match);
    end = index + match.length;
  }
  return replaced + written.slice(end);
}
