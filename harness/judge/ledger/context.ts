import type { Evidence, TraceArrival } from '../../evidence/types.ts';
import type { Pipeline, Signal, TailSampling } from '../../pipeline/types.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { PodLife } from '../../stack/types.ts';
import { batchedForMs, queuedForMs } from '../model/batches.ts';
import { outputsOf } from '../model/outputs.ts';
import { type Spoken, spokenWords } from '../model/own-words.ts';
import { type SignalPath, signalPath } from '../model/path.ts';
import { createDiskQueues, type DiskQueues } from './breaks.ts';
import { createDeadlines, type Deadlines } from './deadlines.ts';
import { createDropLedger, type DropLedger, isTriedElsewhere } from './drops.ts';
import { type EvictionSettings, replayEvictions, type Stay } from './evictions.ts';
import { firstArrivals, leastCacheSize } from './forgetting.ts';
import { type Incarnations, keyOf, readIncarnations } from './incarnations.ts';
import { type Memory, memoryDoubts } from './memory-doubts.ts';
import { type Pause, pausesOf } from './pauses.ts';
import { createSearch, type PodRecorders, recordersBy, recordersByPod } from './recorders.ts';
import { wholeWaitMs } from './stay.ts';
import { isDecision, readTicks, type Ticks } from './ticks.ts';

/** Everything that classifying one item takes, prepared once a run. */
export interface JudgeContext {
  readonly scenario: Scenario;
  readonly pipeline: Pipeline;
  readonly evidence: Evidence;
  readonly incarnations: Incarnations;
  readonly paths: Readonly<Record<Signal, SignalPath>>;
  /** Index in the traces' path of the step that samples; -1 where none does. */
  readonly samplerStep: number;
  readonly sampling: TailSampling | undefined;
  /** Recorders in front of a tier's pods. */
  recordersOfTier(tier: string): ReadonlySet<number>;
  /** Recorders in front of what writes the log files that a tier tails. */
  filesOfTier(tier: string): ReadonlySet<number>;
  /** The same as `recordersOfTier`, a set a pod. */
  recordersOfPods(tier: string): readonly PodRecorders[];
  /** Recorders in front of the backends of a signal. */
  readonly backendRecorders: Readonly<Record<Signal, ReadonlySet<number>>>;
  /** The backend that a recorder stands in front of; none in front of collectors. */
  readonly backendOf: ReadonlyMap<number, string>;
  /** Whether one of these recorders saw a request accepted between two moments. */
  answeredBetween(recorders: ReadonlySet<number>, fromMs: number, toMs: number): boolean;
  /** Whether one of these recorders saw any request between two moments. */
  askedBetween(recorders: ReadonlySet<number>, fromMs: number, toMs: number): boolean;
  /** Whether one of these recorders saw a request between two moments that was not taken. */
  failedBetween(recorders: ReadonlySet<number>, fromMs: number, toMs: number): boolean;
  /** Stays of traces that a gateway process pushed out, by process. */
  readonly evictions: ReadonlyMap<string, ReadonlyMap<number, readonly Stay[]>>;
  /** When each trace first came, sorted, by process; where decision caches may be too small. */
  readonly newTraces: ReadonlyMap<string, Float64Array>;
  /** The decision clocks of gateway processes, by process, where they could be read. */
  readonly ticks: ReadonlyMap<string, Ticks>;
  /** When processes were stopped, by process, of those that were. */
  readonly pauses: ReadonlyMap<string, readonly Pause[]>;
  /** Why nobody can tell what the sampler held when; none where it had room. */
  readonly memoryDoubts: readonly string[];
  /** How long `batch` in front of the sampler, in the same process, may hold a span back. */
  readonly batchedMs: number;
  /** What a sampler handed on is seen behind it: nothing there takes out or holds back some. */
  readonly showsOutcome: boolean;
  /** What collectors said that they dropped. */
  readonly drops: DropLedger;
  /** What collectors said of data that they refused or failed at. */
  readonly spoken: Spoken;
  /** What was in persistent queues when their processes ended. */
  readonly diskQueues: DiskQueues;
  /** Tiers in which ways part: what one of them refuses, another may have taken all the same. */
  readonly parting: ReadonlySet<string>;
  /** What senders gave up by their own deadlines. */
  readonly deadlines: Deadlines;
}

/** What the manifests do not show of one line of several. */
export interface Line extends Pick<JudgeContext, 'parting'> {
  /** Why what goes along it can't be told from what goes elsewhere. */
  readonly unclear: Readonly<Partial<Record<Signal, SignalPath['unclear']>>>;
}

/**
 * Prepares the judging of one run. Reads the arrivals only where a gateway's memory was too small.
 *
 * @param line what is known of it as one line of several
 */
export async function prepare(
  scenario: Scenario,
  pipeline: Pipeline,
  evidence: Evidence,
  { unclear, parting }: Line = { unclear: {}, parting: new Set() },
): Promise<JudgeContext> {
  const paths = pathsOf(pipeline, unclear);
  const samplerStep = paths.traces.steps.findIndex((step) => step.sampler >= 0);
  const sampling = paths.traces.steps[samplerStep]?.tier.tailSampling;
  const incarnations = readIncarnations(evidence);
  const recordersOfTier = recordersBy(evidence, (hop) => ('tier' in hop ? hop.tier : undefined));
  const recordersOfPods = recordersByPod(evidence);
  const backendRecordersOf = (signal: Signal) =>
    new Set(
      evidence.recorders.flatMap(({ hop, number }) =>
        'backend' in hop && paths[signal].backends.includes(hop.backend) ? number : [],
      ),
    );
  const tier = paths.traces.steps[samplerStep]?.tier.name ?? '';
  const { evictions, newTraces, overflows } = sampling
    ? await readMemory(evidence, incarnations, recordersOfTier(tier), sampling)
    : { evictions: new Map(), newTraces: new Map(), overflows: false };
  const front = paths.traces.steps[samplerStep];
  const batchedMs = batchedForMs(front?.processors.slice(0, front.sampler) ?? []);
  const pauses = readPauses(evidence);
  const memory = { evictions, newTraces, overflows };
  const backendRecorders = {
    traces: backendRecordersOf('traces'),
    logs: backendRecordersOf('logs'),
    metrics: backendRecordersOf('metrics'),
  };
  const backends = [...backendRecorders.traces];
  return {
    scenario,
    pipeline,
    evidence,
    incarnations,
    paths,
    samplerStep,
    sampling,
    recordersOfTier,
    filesOfTier: recordersBy(evidence, (hop) => ('files' in hop ? hop.files : undefined)),
    recordersOfPods: (name) => recordersOfPods.get(name) ?? [],
    backendRecorders,
    backendOf: new Map(
      evidence.recorders.flatMap(({ hop, number }) =>
        'backend' in hop ? [[number, hop.backend] as const] : [],
      ),
    ),
    answeredBetween: createSearch(evidence, ({ outcome, answeredMs }) =>
      outcome === 'ok' ? answeredMs : undefined,
    ),
    askedBetween: createSearch(evidence, ({ atMs }) => atMs),
    failedBetween: createSearch(evidence, ({ outcome, atMs }) =>
      outcome === 'ok' ? undefined : atMs,
    ),
    evictions,
    newTraces,
    memoryDoubts: sampling ? memoryDoubts(sampling, front, memory, pauses) : [],
    batchedMs,
    showsOutcome: showsTicks(paths.traces, samplerStep) && !dropsBehind(paths.traces, samplerStep),
    pauses,
    ticks: sampling
      ? await readAllTicks(
          evidence,
          incarnations,
          recordersOfTier(tier),
          showsTicks(paths.traces, samplerStep) ? backends : [],
          sampling,
        )
      : new Map(),
    deadlines: createDeadlines({ evidence, incarnations, pauses }),
    diskQueues: createDiskQueues(evidence),
    parting,
    spoken: spokenWords(evidence),
    drops: dropsOf(pipeline, evidence, paths),
  };
}

const dropsOf = (
  pipeline: Pipeline,
  evidence: Evidence,
  paths: JudgeContext['paths'],
): DropLedger =>
  createDropLedger(
    evidence.drops.filter((line) => !isTriedElsewhere(paths, line)),
    (pod) => logsAreSampled(pipeline, evidence, pod),
  );

function pathsOf(pipeline: Pipeline, unclear: Line['unclear']): JudgeContext['paths'] {
  const pathOf = (signal: Signal): SignalPath => {
    const path = signalPath(pipeline, signal);
    return { ...path, unclear: [...path.unclear, ...(unclear[signal] ?? [])] };
  };
  return { traces: pathOf('traces'), logs: pathOf('logs'), metrics: pathOf('metrics') };
}

const readPauses = (evidence: Evidence): Map<string, Pause[]> =>
  new Map(
    evidence.lives.flatMap((life) => {
      const pauses = pausesOf(life, evidence);
      return pauses.length > 0 ? [[keyOf(life), pauses] as const] : [];
    }),
  );

async function readMemory(
  evidence: Evidence,
  incarnations: Incarnations,
  recorders: ReadonlySet<number>,
  sampling: TailSampling,
): Promise<Memory> {
  const cacheSize = leastCacheSize(sampling);
  const settings: EvictionSettings = {
    numTraces: sampling.numTraces,
    decisionWaitMs: sampling.decisionWaitMs,
    cachesDecisions: sampling.sampledCacheSize > 0 && sampling.nonSampledCacheSize > 0,
    cachesSome: cacheSize !== undefined,
  };
  const evictions = new Map<string, ReadonlyMap<number, readonly Stay[]>>();
  const newTraces = new Map<string, Float64Array>();
  let anyOverflows = false;
  for (const recorder of recorders) {
    // As long as fewer traces than there is room for arrived in all, none was pushed out.
    const traces = await evidence.distinctTraces(recorder);
    const overflows = traces > sampling.numTraces;
    anyOverflows ||= overflows;
    const forgets = cacheSize !== undefined && traces > cacheSize;
    if (!overflows && !forgets) continue;
    const byProcess = new Map<string, TraceArrival[]>();
    for await (const arrival of evidence.arrivals(recorder)) {
      const key = incarnations.at(recorder, arrival.fromMs)?.key ?? '';
      const list = byProcess.get(key) ?? [];
      byProcess.set(key, list);
      list.push(arrival);
    }
    for (const [key, arrivals] of byProcess) {
      if (overflows && !sampling.blockOnOverflow)
        evictions.set(key, replayEvictions(arrivals, settings));
      if (forgets) newTraces.set(key, firstArrivals(arrivals));
    }
  }
  return { evictions, newTraces, overflows: anyOverflows };
}

/** What a batch behind the sampler hands on comes by the batch's clock, not by the sampler's. */
function showsTicks({ steps }: SignalPath, samplerStep: number): boolean {
  const { processors = [], sampler = -1, tier } = steps[samplerStep] ?? {};
  const outputs = outputsOf(tier, 'traces');
  return batchedForMs(processors.slice(sampler + 1)) + queuedForMs(outputs) === 0;
}

function dropsBehind({ steps }: SignalPath, samplerStep: number): boolean {
  const { droppers = [], sampler = -1 } = steps[samplerStep] ?? {};
  const later = steps.slice(samplerStep + 1).flatMap((step) => step.droppers);
  return later.length > 0 || droppers.some(({ index }) => index > sampler);
}

/** When a process started its processors, by its log. */
const startOf = ({ pod, startedMs, endedMs }: PodLife, { starts }: Evidence) =>
  starts.find(
    (s) =>
      s.pod === pod && s.fromMs >= startedMs && s.toMs <= (endedMs ?? Number.POSITIVE_INFINITY),
  );

/** @param backends where kept traces show the ticks; none where they do not */
async function readAllTicks(
  evidence: Evidence,
  incarnations: Incarnations,
  recorders: ReadonlySet<number>,
  backends: readonly number[],
  sampling: TailSampling,
): Promise<Map<string, Ticks>> {
  const ticks = new Map<string, Ticks>();
  const waitMs = wholeWaitMs(sampling);
  const afterRootMs = Math.floor(sampling.waitAfterRootMs / 1_000) * 1_000;
  const leastMs = sampling.waitAfterRootMs > 0 ? Math.min(waitMs, afterRootMs) : waitMs;
  for (const recorder of recorders) {
    const byProcess = new Map<string, number[]>();
    for await (const emission of evidence.emissions(recorder, backends)) {
      if (!isDecision(emission, waitMs, leastMs)) continue;
      const key = incarnations.at(recorder, emission.enteredMs)?.key ?? '';
      const list = byProcess.get(key) ?? [];
      byProcess.set(key, list);
      list.push(emission.emittedMs);
    }
    const { name } = evidence.recorders.find(({ number }) => number === recorder) ?? {};
    for (const life of evidence.lives.filter((l) => l.recorder === name)) {
      const key = keyOf(life);
      const start = startOf(life, evidence);
      const read = readTicks(byProcess.get(key) ?? [], start);
      if (read) ticks.set(key, read);
    }
  }
  return ticks;
}

/** Collectors write only some of equal log lines unless told otherwise. */
function logsAreSampled(pipeline: Pipeline, evidence: Evidence, pod: string): boolean {
  const tier = evidence.lives.find((life) => life.pod === pod)?.tier;
  return pipeline.tiers.find((candidate) => candidate.name === tier)?.logsSampled ?? true;
}
