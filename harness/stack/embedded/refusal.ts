import type { Component } from '../../pipeline/types.ts';

const mostLines = 3;
const mostLetters = 240;

/** A pod that ended, or hung, before it was ready. */
export interface Unready {
  /** `pod gateway-collector-0 ended with exit code 1 before it was ready` */
  readonly what: string;
  /** The end of its log. */
  readonly lines: readonly string[];
  /** Where all of it stays. */
  readonly logFile: string;
  /** Of its tier's config. */
  readonly components: readonly Component[];
}

/** Says why a pod is not ready: the collector's own last word first, then where it stands. */
export function tellUnready({ what, lines, logFile, components }: Unready): string {
  const { error, log } = splitLog(lines);
  const named = error === undefined ? undefined : componentIn(error, components);
  const { file, line, column } = named?.place ?? {};
  return [
    ...(error === undefined ? [] : [error]),
    ...(named ? [`${file}:${line}:${column} ${named.kind.slice(0, -1)} "${named.id}"`] : []),
    what,
    ...tellingLines(log).map((text) => `  ${shortened(text)}`),
    `The whole log is in ${logFile}`,
  ].join('\n');
}

/** Cobra prints `Error: ` and the error, of several lines as it may be, last. */
function splitLog(lines: readonly string[]): { error: string | undefined; log: readonly string[] } {
  const start = lines.findLastIndex((line) => line.startsWith('Error: '));
  if (start < 0) return { error: undefined, log: lines };
  const error = lines
    .slice(start)
    .filter((line) => line.trim() !== '' && !/collector server run finished with/.test(line));
  return { error: error.map((line) => line.trim()).join(' '), log: lines.slice(0, start) };
}

/** The component that an error names first, of the kind that it names if there is one. */
function componentIn(error: string, components: readonly Component[]): Component | undefined {
  // What could stand there instead is not what stands there.
  const said = error.replace(/\(valid values: \[[^\]]*\]\)/g, '');
  const position = ({ id }: Component): number =>
    said.search(new RegExp(`(?<![\\w/.-])${escaped(id)}(?![\\w/.-])`));
  const named = components.filter((component) => position(component) >= 0);
  const ofKind = named.filter(({ kind }) => said.includes(kind.slice(0, -1)));
  return (ofKind.length > 0 ? ofKind : named).toSorted((a, b) => position(a) - position(b))[0];
}

const escaped = (id: string): string => id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function tellingLines(log: readonly string[]): readonly string[] {
  const telling = log.filter((line) => /\b(warn|error|fatal|panic)\b/i.test(line));
  return (telling.length > 0 ? telling : log).filter((line) => line !== '').slice(-mostLines);
}

const shortened = (text: string): string =>
  text.length > mostLetters ? `${text.slice(0, mostLetters)}…` : text;
