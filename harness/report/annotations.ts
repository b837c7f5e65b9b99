import type { CheckResult } from '../judge/types.ts';
import { type EndedRun, leadOf, leadText, toneOf } from './runs.ts';
import { headline } from './summary.ts';

/** Something that GitHub shows at a line of a file of the repository. */
export interface Annotation {
  readonly level: 'error' | 'warning';
  /** From the repository's root; undefined where it is of no file there. */
  readonly place:
    | { readonly file: string; readonly line: number; readonly column: number }
    | undefined;
  readonly title: string;
  readonly message: string;
}

/**
 * An annotation as the command that a step prints (GitHub, "Workflow commands for GitHub Actions"):
 * `::error file=a.yaml,line=3,col=5,title=...::message`, with what would end it escaped.
 */
export function annotationText({ level, place, title, message }: Annotation): string {
  const properties = [
    ...(place ? [`file=${place.file}`, `line=${place.line}`, `col=${place.column}`] : []),
    `title=${title}`,
  ].map((property) => {
    const [name, ...value] = property.split('=');
    return `${name}=${escapeProperty(value.join('='))}`;
  });
  return `::${level} ${properties.join(',')}::${escapeData(message)}`;
}

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Where in a file of YAML a text says that something stands. */
const placeInText = /(?:^|[\s(])((?:[\w.@-]+\/)*[\w.@-]+\.ya?ml):(\d+)(?::(\d+))?/;

/**
 * What is to be shown of a run that did not pass: at the manifest's line that its leading finding
 * names, else at the scenario's expectation that did not hold.
 * @param placeOf where the expectation behind a check stands in the scenario
 */
export function annotationOf(
  run: EndedRun,
  placeOf: (check: CheckResult) => Annotation['place'],
): Annotation | undefined {
  const { result, verdict, name } = run;
  if (result === 'pass') return undefined;
  const lead = leadOf(run);
  const [, file, line, column] = placeInText.exec(lead?.why ?? '') ?? [];
  const bad = verdict?.checks.find((check) => check.verdict === verdict.verdict);
  const place = file
    ? { file, line: Number(line), column: Number(column ?? 1) }
    : bad && placeOf(bad);
  const said = [
    verdict ? headline(verdict) : '',
    ...(lead?.why === undefined ? [] : [`why: ${lead.why}`]),
    ...(lead ? [`fix: ${lead.fix}`] : []),
    ...(verdict ? [`again: ${verdict.rerun}`] : []),
  ];
  return {
    level: toneOf(result) === 'unknown' ? 'warning' : 'error',
    place,
    title: `${name}: ${leadText(run)}`,
    message: said.filter((text) => text !== '').join('\n') || leadText(run),
  };
}
