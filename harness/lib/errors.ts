/** A mistake of the user: shown without a stack, exit code 254. */
export class UserError extends Error {
  override name = 'UserError';
}

/** Where a mistake stands in a file that a person wrote; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One mistake: where, what was found, what was expected, how to fix it. */
export interface Problem {
  readonly place: Place;
  readonly message: string;
  readonly known?: readonly string[];
  readonly hint?: string;
}

/**
 * One line a problem: `file:line:column message; known: a, b. Hint: ...`.
 */
function formatProblem(problem: Problem): string {
  const { place, message, known, hint } = problem;
  const knownText = known && known.length > 0 ? `; known: ${known.join(', ')}` : '';
  const hintText = hint ? ` Hint: ${hint}` : '';
  const stop = hintText && !/[.?!]$/.test(message + knownText) ? '.' : '';
  return `${place.file}:${place.line}:${place.column} ${message}${knownText}${stop}${hintText}`;
}

/**
 * Throws one `UserError` that names every problem, in the order of the file.
 * Does nothing for an empty list.
 */
export function throwProblems(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const sorted = [...problems].sort(
    (a, b) =>
      a.place.file.localeCompare(b.place.file) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column,
  );
  const lines = sorted.map(formatProblem);
  const count = lines.length > 1 ? `\n${lines.length} mistakes; nothing was started.` : '';
  throw new UserError(lines.join('\n') + count);
}

/** Turns anything thrown into a text for a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
