import { type Denial, denialsIn, tellDenial } from '../lib/denial.ts';
import type { Component } from '../pipeline/types.ts';
import type { Unready } from './types.ts';

const mostLines = 3;
const mostLetters = 240;

/** A pod that ended, or hung, before it was ready. */
export interface UnreadyPod {
  readonly pod: string;
  /** Of the pipeline, or the kind of a backend. */
  readonly tier: string;
  /** `pod gateway-collector-0 ended with exit code 1 before it was ready` */
  readonly what: string;
  /** The end of its log. */
  readonly lines: readonly string[];
  /** Where all of it stays. */
  readonly logFile: string;
  /** Of its tier's config. */
  readonly components: readonly Component[];
}

/** A pod of the pipeline did not get ready: the pipeline's own fault, or at least its own words. */
export class PodUnready extends Error {
  override name = 'PodUnready';
  readonly unready: Unready;

  constructor(unready: Unready) {
    super(tellUnready(unready));
    this.unready = unready;
  }
}

/** Reads out of a pod's log why it is not ready. */
export function readUnready(pod: UnreadyPod): Unready {
  const { error, log } = splitLog(pod.lines);
  const denied = denialsIn(pod.lines);
  const named =
    error === undefined
      ? (asksFor(denied, pod.components) ?? lastNamed(log, pod.components))
      : componentIn(error, pod.components);
  const { file, line, column } = named?.place ?? {};
  return {
    kind: error !== undefined && isRejection(error) ? 'config-rejected' : 'never-ready',
    pod: pod.pod,
    tier: pod.tier,
    what: pod.what,
    ...(error === undefined ? {} : { error }),
    denied,
    ...(named
      ? {
          component: named.id,
          place: `${file}:${line}:${column} ${named.kind.slice(0, -1)} "${named.id}"`,
        }
      : {}),
    lines: tellingLines(log).map(shortened),
    logFile: pod.logFile,
  };
}

/** Says why a pod is not ready: the collector's own last word first, then where it stands. */
export function tellUnready({ error, place, what, denied, lines, logFile }: Unready): string {
  return [
    ...(error === undefined ? [] : [error]),
    ...(place === undefined ? [] : [place]),
    what,
    ...denied.map(tellDenial),
    ...lines.map((text) => `  ${text}`),
    `The whole log is in ${logFile}`,
  ].join('\n');
}

/**
 * Where a config is read, checked and its pipelines are built, nothing has been started yet.
 * Source: otelcol v0.152.0, collector.go, setupConfigurationComponents; service v0.152.0,
 * service.go.
 */
const isRejection = (error: string): boolean =>
  /failed to get config|invalid configuration|failed to build pipelines|failed to create/.test(
    error,
  );

/** Which component asks the API for what it was refused. */
function asksFor(
  denied: readonly Denial[],
  components: readonly Component[],
): Component | undefined {
  const resolves = denied.some(({ resource }) => /^endpoint/.test(resource));
  const wanted = resolves ? /^(loadbalancing|load_balancing)$/ : /^k8s/;
  return denied.length === 0 ? undefined : components.find(({ type }) => wanted.test(type));
}

/** Whose last line of trouble it was: each line names its component (`otelcol.component.id`). */
function lastNamed(
  log: readonly string[],
  components: readonly Component[],
): Component | undefined {
  const ids = log
    .filter((line) => /\b(warn|error|fatal|panic)\b/i.test(line))
    .flatMap((line) => /"otelcol\.component\.id": ?"([^"]+)"/.exec(line)?.[1] ?? []);
  return components.find(({ id }) => id === ids.at(-1));
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
