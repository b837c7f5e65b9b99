import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { messageOf as errorText } from '../lib/errors.ts';
import { type Plan, type PlannedCanary, spanFlags } from '../plan/types.ts';
import { fieldsOf, logMoment } from './log-moment.ts';
import { messageOf, signalOfPath } from './payload.ts';
import { readTap } from './tap-reader.ts';
import type { CanaryFact, LeakFact, Leaks } from './types.ts';

/** Where to look: the records of backends, and what each life of a collector's pod wrote. */
export interface LeakSources {
  readonly taps: readonly { readonly number: number; readonly file: string }[];
  readonly logs: readonly { readonly pod: string; readonly life: number; readonly file: string }[];
}

/**
 * Looks for the plan's canaries in every byte that a backend was sent, compression undone, whatever
 * it answered, and in what the collectors wrote. Reads nothing where no canary was sent.
 */
export function searchLeaks(plan: Plan, { taps, logs }: LeakSources): Leaks {
  const canaries = plan.canaries.map((canary) => factOf(plan, canary));
  if (canaries.length === 0) return { ...nowhere, canaries };
  const find = createFinder(plan.canaries.map(({ value }) => value));
  const book = createBook();
  const unreadable: Leaks['unreadable'][number][] = [];
  let metricPoints = 0;
  for (const { number: recorder, file } of taps) {
    readTap(file, (record) => {
      if (record.type !== 'request') return;
      const { atMs, request, meta, payload } = record;
      const signal = signalOfPath(meta.path) ?? 'other';
      let bytes = payload;
      try {
        bytes = messageOf(record);
      } catch (error) {
        unreadable.push({ recorder, request, why: errorText(error) });
      }
      if (signal === 'metrics') metricPoints += count(bytes, metricPoint);
      find(bytes, (canary) => book.add({ canary, signal, recorder, first: request }, atMs));
    });
  }
  for (const { pod, file } of logs) {
    const bytes = readFileSync(file);
    find(bytes, (canary, position) => {
      const line = lineAt(bytes, position);
      const component = fieldsOf(line)['otelcol.component.id'];
      const named = typeof component === 'string' ? { component } : {};
      book.add({ canary, signal: 'other', pod, first: position, ...named }, logMoment(line));
    });
  }
  return {
    canaries,
    found: book.entries(),
    recorders: taps.map(({ number }) => number),
    logs: logs.map(({ pod, life }) => ({ pod, life })),
    unreadable,
    metricPoints,
  };
}

const nowhere = { found: [], recorders: [], logs: [], unreadable: [], metricPoints: 0 };

/** Every point of the load has this label, in OTLP and as Prometheus writes it. */
const metricPoint = [Buffer.from('bench.pod'), Buffer.from('bench_pod')];

function count(bytes: Buffer, words: readonly Buffer[]): number {
  let found = 0;
  for (const word of words) {
    for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + word.length)) found++;
  }
  return found;
}

/** Items that carry a canary: spans and log records by their numbers, metric points by count. */
function factOf(plan: Plan, canary: PlannedCanary): CanaryFact {
  const { loadIndex, place, key } = canary;
  const blocks = plan.blocks.filter(({ secrets }) => carries(secrets, canary));
  const points = blocks.filter(({ signal }) => signal === 'metrics').length;
  const items =
    place === 'resource'
      ? blocks.flatMap(({ signal, from, to }) =>
          signal === 'traces' ? [...plan.spanOrder.subarray(from, to)] : [],
        )
      : rootsWith(plan, canary);
  return { place, key, loadIndex, items, points };
}

/** Roots of the traces that carry it; of log records, those that are sent. */
function rootsWith(plan: Plan, canary: PlannedCanary): number[] {
  const { traces, spans, templates } = plan;
  const isOfLogs = canary.place === 'logBody' || canary.place === 'logAttribute';
  const carrying = templates.map(({ root, attributes, secrets }) =>
    canary.place === 'spanAttribute'
      ? root && attributes[canary.key] === canary.value
      : carries(secrets, canary),
  );
  return Array.from(traces.firstSpan).filter(
    (root) =>
      carrying[spans.template[root] ?? -1] === true &&
      (!isOfLogs || ((spans.flags[root] ?? 0) & spanFlags.logged) !== 0),
  );
}

const carries = (secrets: Plan['templates'][number]['secrets'], { value }: PlannedCanary) =>
  (secrets ?? []).some((secret) => secret.value === value);

type Find = (bytes: Buffer, visit: (canary: number, position: number) => void) => void;

const prefix = Buffer.from('canary-');

/** Finds every appearance of the values; of two that begin alike the longer goes first. */
function createFinder(values: readonly string[]): Find {
  const wanted = values
    .map((value, canary) => ({ bytes: Buffer.from(value), canary }))
    .sort((a, b) => b.bytes.length - a.bytes.length);
  return (bytes, visit) => {
    for (let at = bytes.indexOf(prefix); at >= 0; at = bytes.indexOf(prefix, at + 1)) {
      const found = wanted.find((own) =>
        own.bytes.equals(bytes.subarray(at, at + own.bytes.length)),
      );
      if (found) visit(found.canary, at);
    }
  };
}

const newline = 0x0a;
/** A line that is longer is no log line of a collector. */
const longestLine = 64 << 10;

function lineAt(bytes: Buffer, position: number): string {
  const from = bytes.lastIndexOf(newline, position) + 1;
  const to = bytes.indexOf(newline, position);
  const end = to < 0 ? bytes.length : to;
  return bytes.toString(
    'utf8',
    Math.max(from, position - longestLine),
    Math.min(end, position + longestLine),
  );
}

/** What was found, one entry a canary and place. */
function createBook() {
  const facts = new Map<string, LeakFact>();
  return {
    add: (fact: Omit<LeakFact, 'count' | 'fromMs' | 'toMs'>, atMs: number | undefined): void => {
      const { canary, signal, recorder, pod, component } = fact;
      const key = [canary, signal, recorder, pod, component].join('|');
      const known = facts.get(key);
      facts.set(key, {
        ...(known ?? fact),
        count: (known?.count ?? 0) + 1,
        ...(atMs === undefined
          ? {}
          : {
              fromMs: Math.min(known?.fromMs ?? atMs, atMs),
              toMs: Math.max(known?.toMs ?? atMs, atMs),
            }),
      });
    },
    entries: (): LeakFact[] => [...facts.values()],
  };
}

/** The pod and life that a log's file is named after; undefined for another file. */
export function lifeOfLog(
  file: string,
): { readonly pod: string; readonly life: number } | undefined {
  const [, pod, life] = /^(.+)\.(\d+)\.log$/.exec(basename(file)) ?? [];
  return pod === undefined ? undefined : { pod, life: Number(life) };
}
