/**
 * Cuts an OTTL condition or statement into tokens (pkg/ottl v0.152.0, grammar.go, buildLexer).
 * @returns undefined for what is none
 */
export function tokenize(written: string): string[] | undefined {
  const pattern =
    /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_.]*)|(==|!=|<=|>=|<|>|[()[\],{}:=+*/-]))/gy;
  const tokens: string[] = [];
  let end = 0;
  for (const match of written.matchAll(pattern)) {
    tokens.push(match[0].trim());
    end = (match.index ?? 0) + match[0].length;
  }
  return written.slice(end).trim() === '' && tokens.length > 0 ? tokens : undefined;
}

export const isWord = (token: string): boolean => /^[A-Za-z_]/.test(token);

const escapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** Stands in a text for what only the collector knows, as the value of a variable. */
export const unknownText = '\uE000';

/**
 * The text that a string token stands for. OTTL reads it as Go does (strconv.Unquote): `\d` is an
 * error there. Undefined for such, for escapes by number, for what is no string, and where a part
 * of it is not known.
 */
export function unquote(token: string | undefined): string | undefined {
  if (!token?.startsWith('"') || /[\n\uE000]/.test(token)) return undefined;
  let text = '';
  for (let i = 1; i < token.length - 1; i++) {
    const part = token[i] === '\\' ? escapes.get(token[++i] ?? '') : token[i];
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}
