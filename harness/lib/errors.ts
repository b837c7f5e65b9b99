/** Mistakes of the user: shown without a stack, each once, exit code 254. */
export class UserError extends Error {
  override name = 'UserError';
  readonly mistakes: readonly string[];

  constructor(mistakes: string | readonly string[]) {
    const all = [...new Set(typeof mistakes === 'string' ? [mistakes] : mistakes)];
    const count = all.length > 1 ? `\n${all.length} mistakes; nothing was started.` : '';
    super(all.join('\n') + count);
    this.mistakes = all;
  }
}

/** Does the work for each item, then throws the mistakes of all of them at once. */
export function mapAtOnce<I, O>(items: readonly I[], work: (item: I) => O): O[] {
  const mistakes: string[] = [];
  const done = items.flatMap((item) => {
    try {
      return [work(item)];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(...error.mistakes);
      return [];
    }
  });
  if (mistakes.length > 0) throw new UserError(mistakes);
  return done;
}

/** Does the work; where that finds mistakes, those of another look are thrown with them. */
export function withMistakesOf<O>(work: () => O, other: () => void): O {
  try {
    return work();
  } catch (error) {
    mapAtOnce([() => raise(error), other], (step) => step());
    throw error;
  }
}

function raise(error: unknown): never {
  throw error;
}

/**
 * Where a mistake stands in a file that a person wrote; line and column count from 1. Line 0 is no
 * file at all: `file` then says what of the command line it is.
 */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What put another value there than the file has: `--set ...`, or the line of a scenario. */
  readonly setBy?: string;
}

/** `file:line:column` */
const formatPlace = ({ file, line, column }: Place): string =>
  line === 0 ? `${file}:` : `${file}:${line}:${column}`;

/** One mistake: where, what was found, what was expected, how to fix it. */
export interface Problem {
  readonly place: Place;
  readonly message: string;
  readonly known?: readonly string[];
  readonly hint?: string;
}

/** What a terminal obeys and what an eye does not see, shown as `\\u{202e}`. */
const visible = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`,
  );

/** What a reader still takes in. */
const mostKnown = 100;
const longWord = /(\S{120})\S{80,}/g;

/**
 * One line a problem: `file:line:column message; known: a, b. Hint: ...`.
 */
function formatProblem(problem: Problem): string {
  const { place, message, hint } = problem;
  const known = problem.known && [...new Set(problem.known)];
  const more = known && known.length > mostKnown ? [`and ${known.length - mostKnown} more`] : [];
  const words = [...(known ?? []).slice(0, mostKnown), ...more];
  const knownText = words.length > 0 ? `; known: ${words.join(', ')}` : '';
  const hintText = hint ? ` Hint: ${hint}` : '';
  const stop = hintText && !/[.?!]$/.test(message + knownText) ? '.' : '';
  const setBy = place.setBy === undefined ? '' : ` (set by ${place.setBy})`;
  const text = `${message}${setBy}${knownText}${stop}${hintText}`;
  return visible(`${formatPlace(place)} ${text.replace(longWord, '$1…')}`);
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
  throw new UserError(sorted.map(formatProblem));
}

/** Turns anything thrown into a text for a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
