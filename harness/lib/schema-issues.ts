import { z } from 'zod';
import type { Problem } from './errors.ts';
import { didYouMean } from './nearest.ts';
import type { LocatedDocument } from './yaml.ts';

/** One mistake of a scenario file in our words, with the path of what is wrong. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The key itself is wrong, not its value. */
  readonly ofKey: boolean;
}

/** `unknown key "omm"; known: oom, restart. Hint: did you mean "oom"?` */
export function unknownWord(what: string, word: string, known: readonly string[]): string {
  const hint = didYouMean(word, known);
  return `unknown ${what} "${word}"; known: ${known.join(', ')}${hint ? `. Hint: ${hint}` : ''}`;
}

/** What zod found, a mistake each: every unknown key, and of a union the branch that was meant. */
export function mistakesOf(issues: readonly z.core.$ZodIssue[]): Mistake[] {
  return issues.flatMap((issue): Mistake[] => {
    const { path, message } = issue;
    if (issue.code === 'unrecognized_keys') {
      const messages = message.split('\n');
      return issue.keys.map((key, i) => ({
        path: [...path, key],
        message: messages[i] ?? message,
        ofKey: true,
      }));
    }
    const [meant] = issue.code === 'invalid_union' ? [...issue.errors].sort(byReach) : [];
    if (!meant || reach(meant) === 0) {
      return [{ path, message, ofKey: message.startsWith('unknown ') }];
    }
    return mistakesOf(meant).map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
  });
}

/** The branch that got furthest first: it was meant. */
const byReach = (a: z.core.$ZodIssue[], b: z.core.$ZodIssue[]): number => reach(b) - reach(a);

function reach(issues: readonly z.core.$ZodIssue[]): number {
  const otherType = (code: string | undefined): boolean =>
    code === 'invalid_type' || code === 'invalid_union';
  return Math.max(...issues.map(({ code, path }) => 2 * path.length + (otherType(code) ? 0 : 1)));
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** zod's error map: what was found, what was expected. Undefined leaves zod its own words. */
export function wordingOf(issue: z.core.$ZodRawIssue): string | undefined {
  const { code, input } = issue;
  const expected = expectationOf(issue);
  if (input === undefined) return expected ? `missing, expected ${expected}` : 'missing';
  if (code === 'invalid_value') {
    const known = issue.values.map(String);
    const hint = typeof input === 'string' ? didYouMean(input, known) : undefined;
    return `found ${shown(input)}; known: ${known.join(', ')}${hint ? `. Hint: ${hint}` : ''}`;
  }
  return expected && `found ${shown(input)}, expected ${expected}`;
}

function expectationOf(issue: z.core.$ZodRawIssue | z.core.$ZodIssue): string | undefined {
  if (issue.code === 'invalid_type') return typeNames[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return issue.values.map(String).join(' or ');
  if (issue.code === 'too_small') return `at least ${issue.minimum}${unitOf(issue)}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}${unitOf(issue)}`;
  if (issue.code !== 'invalid_union') return undefined;
  const branches = issue.errors.map(([first]) => first && expectationOf(first));
  return [...new Set(branches.filter(Boolean))].join(' or ') || undefined;
}

const unitOf = ({ origin }: { readonly origin: string }): string =>
  ({ array: ' in the list', string: ' letters' })[origin] ?? '';

const longest = 60;

/** A value as it was written, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}

/** A strict object whose error for an unknown key names the known ones and the nearest. */
export function strict<T extends z.ZodRawShape>(shape: T) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      return issue.keys.map((key: string) => unknownWord('key', key, known)).join('\n');
    },
  });
}

/** The same with their places in the file. */
export const problemsOf = (
  issues: readonly z.core.$ZodIssue[],
  document: Pick<LocatedDocument, 'place' | 'keyPlace'>,
): Problem[] =>
  mistakesOf(issues).map(({ path, message, ofKey }) => ({
    place: ofKey ? document.keyPlace(path) : document.place(path),
    message: ofKey || path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
  }));
