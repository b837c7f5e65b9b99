import { tracesOfPhases } from '../scenario/meaning.ts';
import { lateLeavesOf } from '../scenario/shape.ts';
import type { Phase, Scenario, TraceLoad } from '../scenario/types.ts';
import { createPodLottery, type PodsOfTrace } from './lottery.ts';
import { drawMarks, type Random, random, shuffle } from './random.ts';
import type { TemplateSet } from './templates.ts';
import {
  type Drawing,
  type PlannedPod,
  type SpanTable,
  spanFlags,
  type TraceTable,
} from './types.ts';

const nanosPerMs = 1e6;
/** Durations of ordinary requests spread over this range, short ones more often. */
const ordinary = { shortestMs: 30, longestMs: 600 } as const;
/** A class's own duration is stretched by up to this share, so that traces differ. */
const stretch = 0.2;

/** When the traces of one load begin: evenly by each phase's rate, jittered within their slot. */
function startTimesMs(load: TraceLoad, phases: readonly Phase[], stream: Random): Float64Array {
  const counts = tracesOfPhases(load, phases);
  const starts = new Float64Array(counts.reduce((sum, n) => sum + n, 0));
  let next = 0;
  let phaseStartMs = 0;
  phases.forEach((phase, i) => {
    const count = counts[i] ?? 0;
    const slotMs = phase.forMs / Math.max(1, count);
    for (let k = 0; k < count; k++) {
      starts[next++] = phaseStartMs + (k + stream.unit()) * slotMs;
    }
    phaseStartMs += phase.forMs;
  });
  return starts;
}

/** Exactly each class's share of the traces, drawn by lot; the rest is class 0, `normal`. */
function drawClasses(
  count: number,
  load: TraceLoad,
  classNames: readonly string[],
  stream: Random,
): Uint8Array {
  const classes = new Uint8Array(count);
  let next = 0;
  for (const spec of load.classes) {
    const wanted = Math.round(spec.share * count);
    classes.fill(classNames.indexOf(spec.name), next, next + wanted);
    next += wanted;
  }
  shuffle(classes, stream);
  return classes;
}

export interface Tables {
  readonly traces: TraceTable;
  readonly spans: SpanTable;
}

/** Draws every trace and span of a scenario. */
export function buildTables(
  scenario: Scenario,
  seed: number,
  classNames: readonly string[],
  templates: TemplateSet,
  pods: readonly PlannedPod[],
  drawing: Drawing,
): Tables {
  const starts = scenario.load.map((load, i) =>
    startTimesMs(load, scenario.phases, random(seed, `starts/${i}`)),
  );
  const traceCount = starts.reduce((sum, s) => sum + s.length, 0);
  const spanCount = starts.reduce(
    (n, s, i) => n + s.length * (scenario.load[i]?.tree.length ?? 0),
    0,
  );
  const traces = emptyTraces(traceCount);
  const spans = emptySpans(spanCount);
  const cursor = { trace: 0, span: 0 };
  scenario.load.forEach((load, loadIndex) => {
    const draw = drawLoad(
      load,
      loadIndex,
      starts[loadIndex] ?? new Float64Array(),
      seed,
      classNames,
    );
    const streams = { shape: draw.shape, pods: random(seed, `pods/${loadIndex}`) };
    const nextPods = createPodLottery(load, pods, drawing, streams);
    for (let k = 0; k < draw.starts.length; k++) {
      fillTrace(load, loadIndex, k, draw, nextPods, templates, traces, spans, cursor);
    }
  });
  return { traces, spans };
}

interface LoadDraw {
  readonly starts: Float64Array;
  readonly classes: Uint8Array;
  readonly late: Uint8Array;
  readonly canaries: readonly Uint8Array[];
  readonly durations: readonly (number | undefined)[];
  readonly ids: Random;
  readonly shape: Random;
}

function drawLoad(
  load: TraceLoad,
  loadIndex: number,
  starts: Float64Array,
  seed: number,
  classNames: readonly string[],
): LoadDraw {
  const stream = (label: string) => random(seed, `${label}/${loadIndex}`);
  const count = starts.length;
  return {
    starts,
    classes: drawClasses(count, load, classNames, stream('classes')),
    late: drawMarks(count, load.late?.share ?? 0, stream('late')),
    canaries: load.canaries.map((c, i) => drawMarks(count, c.share, stream(`canary-${i}`))),
    durations: classNames.map((n) => load.classes.find((c) => c.name === n)?.durationMs),
    ids: stream('ids'),
    shape: stream('shape'),
  };
}

function durationMsOf(fixed: number | undefined, stream: Random): number {
  if (fixed !== undefined) return fixed * (1 + stretch * stream.unit());
  const { shortestMs, longestMs } = ordinary;
  return shortestMs * (longestMs / shortestMs) ** stream.unit();
}

function fillTrace(
  load: TraceLoad,
  loadIndex: number,
  k: number,
  draw: LoadDraw,
  nextPods: () => PodsOfTrace,
  templates: TemplateSet,
  traces: TraceTable,
  spans: SpanTable,
  cursor: { trace: number; span: number },
): void {
  const { ids, shape } = draw;
  const trace = cursor.trace++;
  const first = cursor.span;
  const classIndex = draw.classes[k] ?? 0;
  for (let w = 0; w < 4; w++) traces.idWords[4 * trace + w] = ids.uint32();
  traces.classIndex[trace] = classIndex;
  traces.loadIndex[trace] = loadIndex;
  traces.firstSpan[trace] = first;
  traces.spanCount[trace] = load.tree.length;
  const startMs = draw.starts[k] ?? 0;
  const durationMs = durationMsOf(draw.durations[classIndex], shape);
  const canaries = draw.canaries.reduce((bits, marks, i) => bits | ((marks[k] ?? 0) << i), 0);
  const podOf = nextPods();
  load.tree.forEach((node, i) => {
    const span = cursor.span++;
    spans.trace[span] = trace;
    spans.template[span] = templates.find(loadIndex, i, classIndex, canaries);
    spans.pod[span] = podOf(node.service);
    spans.idHigh[span] = ids.uint32();
    spans.idLow[span] = ids.uint32();
    spans.parent[span] = node.parent < 0 ? span : first + node.parent;
    spans.startOffsetNanos[span] = wholeMicros(startMs + node.startFraction * durationMs);
    spans.endOffsetNanos[span] = wholeMicros(startMs + node.endFraction * durationMs);
    if (shape.unit() < load.logsPerSpan) spans.flags[span] = spanFlags.logged;
  });
  if (draw.late[k]) markLate(load, first, spans, shape);
}

/** One leaf of the trace is delivered late; never the last span, which carries an error. */
function markLate(load: TraceLoad, first: number, spans: SpanTable, stream: Random): void {
  const leaves = lateLeavesOf(load.tree);
  const chosen = leaves[stream.below(leaves.length)];
  if (chosen === undefined) return;
  const span = first + chosen;
  spans.flags[span] = (spans.flags[span] ?? 0) | spanFlags.late;
}

const wholeMicros = (ms: number): number => Math.round(ms * 1_000) * (nanosPerMs / 1_000);

function emptyTraces(count: number): TraceTable {
  return {
    count,
    idWords: new Uint32Array(4 * count),
    classIndex: new Uint8Array(count),
    loadIndex: new Uint8Array(count),
    firstSpan: new Uint32Array(count),
    spanCount: new Uint16Array(count),
  };
}

function emptySpans(count: number): SpanTable {
  return {
    count,
    trace: new Uint32Array(count),
    template: new Uint16Array(count),
    pod: new Uint16Array(count),
    idHigh: new Uint32Array(count),
    idLow: new Uint32Array(count),
    parent: new Uint32Array(count),
    startOffsetNanos: new Float64Array(count),
    endOffsetNanos: new Float64Array(count),
    flags: new Uint8Array(count),
  };
}
