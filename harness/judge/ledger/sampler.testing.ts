import type { EvictionSettings, Window } from './evictions.ts';

/** A seeded stream of numbers in [0, 1). */
export type Random = () => number;

/** Generator: mulberry32, which is short and good enough for a test. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One span of the simulated load; an error is what the policy keeps. */
export interface SimulatedSpan {
  readonly item: number;
  readonly trace: number;
  readonly error: boolean;
}

/** A request with the moments that a recorder sees; `takenMs` is what it does not see. */
export interface SimulatedRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly takenMs: number;
  readonly spans: readonly SimulatedSpan[];
}

export interface SimulatedLoad {
  readonly traces: number;
  readonly tracesPerSecond: number;
  /** The spans of a trace come within this time. */
  readonly spreadMs: number;
  /** This share of them comes some seconds later still. */
  readonly lateShare: number;
}

/** Requests of three senders that each flush what they have every 40 ms. */
export function simulateLoad(random: Random, load: SimulatedLoad): SimulatedRequest[] {
  const spans = new Map<string, SimulatedSpan[]>();
  let item = 0;
  for (let trace = 0; trace < load.traces; trace++) {
    const startMs = 1_000 + (trace / load.tracesPerSecond) * 1_000 + random() * 20;
    const count = 2 + Math.floor(random() * 3);
    const error = random() < 0.3 ? Math.floor(random() * count) : -1;
    for (let i = 0; i < count; i++) {
      const lateMs = random() < load.lateShare ? 4_000 + random() * 4_000 : 0;
      const atMs = startMs + (i === 0 ? 0 : random() * load.spreadMs) + lateMs;
      const sender = Math.floor(random() * 3);
      const key = `${Math.ceil((atMs + sender * 13) / 40) * 40 - sender * 13}/${sender}`;
      spans.set(key, [...(spans.get(key) ?? []), { item: item++, trace, error: i === error }]);
    }
  }
  const requests = [...spans].map(([key, own]) => {
    const fromMs = Number(key.split('/')[0]) + random();
    const tookMs = 1 + random() * 20;
    const takenMs = fromMs + tookMs * (0.05 + 0.9 * random());
    return { fromMs, toMs: fromMs + tookMs, takenMs, spans: own };
  });
  return requests.sort((a, b) => a.fromMs - b.fromMs);
}

/** How the simulated sampler is set up. */
export interface SimulatedSettings extends EvictionSettings {
  /** Decisions of each kind that are remembered, where they are. */
  readonly cacheSize: number;
  /** When its ticker first ticks. */
  readonly phaseMs: number;
  /** When it is stopped: it takes nothing then, and misses its ticks but for one. */
  readonly pause: Window | undefined;
}

interface Held {
  readonly spans: SimulatedSpan[];
  sampled: boolean | undefined;
}

/**
 * What `tail_sampling` does with these requests, step by step (v0.152.0, processor.go, iter,
 * samplingPolicyOnTick): a tick a second, batches of traces, any order within a request.
 *
 * @returns the items that it hands on
 */
export function simulateSampler(
  random: Random,
  requests: readonly SimulatedRequest[],
  settings: SimulatedSettings,
): Set<number> {
  const memory = new Map<number, Held>();
  const sampled = new Set<number>();
  const notSampled = new Set<number>();
  const handedOn = new Set<number>();
  let current = new Set<number>();
  const batches = Array.from({ length: settings.decisionWaitMs / 1_000 }, () => new Set<number>());
  const handOn = (spans: readonly SimulatedSpan[]): void => {
    for (const { item } of spans) handedOn.add(item);
  };
  const tick = (): void => {
    const due = batches.shift() ?? new Set();
    batches.push(current);
    current = new Set();
    for (const trace of due) {
      const held = memory.get(trace);
      if (!held || held.sampled !== undefined) continue;
      held.sampled = held.spans.some(({ error }) => error);
      if (held.sampled) handOn(held.spans);
      if (!settings.cachesDecisions) continue;
      remember(held.sampled ? sampled : notSampled, trace, settings.cacheSize);
      memory.delete(trace);
    }
  };
  const take = (trace: number, spans: readonly SimulatedSpan[]): void => {
    const cache = [sampled, notSampled].find((own) => own.has(trace));
    if (cache) remember(cache, trace, settings.cacheSize);
    const known = cache ? cache === sampled : memory.get(trace)?.sampled;
    if (known) handOn(spans);
    if (known !== undefined) return;
    if (!memory.has(trace)) {
      const [oldest] = memory.keys();
      if (memory.size >= settings.numTraces) memory.delete(oldest as number);
      memory.set(trace, { spans: [], sampled: undefined });
      current.add(trace);
    }
    memory.get(trace)?.spans.push(...spans);
  };
  const pausedMs = settings.pause ? settings.pause.toMs - settings.pause.fromMs : 0;
  const lastMs =
    Math.max(...requests.map(({ toMs }) => toMs)) + settings.decisionWaitMs + 2_000 + pausedMs;
  const ticksMs = tickMoments(settings, lastMs);
  for (const { takenMs, spans } of [...requests].sort((a, b) => a.takenMs - b.takenMs)) {
    while ((ticksMs[0] ?? lastMs) < takenMs) {
      ticksMs.shift();
      tick();
    }
    const order = Map.groupBy(spans, ({ trace }) => trace);
    const shuffled = [...order].map((entry) => [random(), entry] as const);
    for (const [, [trace, own]] of shuffled.sort((a, b) => a[0] - b[0])) take(trace, own);
  }
  for (const _ of ticksMs) tick();
  return handedOn;
}

/** A channel of one tick: what is not taken while the process is stopped is dropped. */
function tickMoments({ phaseMs, pause }: SimulatedSettings, lastMs: number): number[] {
  const moments: number[] = [];
  let pending = false;
  for (let atMs = phaseMs; atMs < lastMs; atMs += 1_000) {
    if (pause && pending && atMs >= pause.toMs) {
      moments.push(pause.toMs);
      pending = false;
    }
    if (pause && atMs >= pause.fromMs && atMs < pause.toMs) pending = true;
    else moments.push(atMs);
  }
  return moments;
}

/** What came while the process was stopped is taken, and answered, when it goes on. */
export const stopped = (
  random: Random,
  requests: readonly SimulatedRequest[],
  pause: Window | undefined,
): SimulatedRequest[] =>
  requests.map((request) => {
    if (!pause || request.takenMs < pause.fromMs || request.takenMs >= pause.toMs) return request;
    const takenMs = pause.toMs + random() * 40;
    return { ...request, takenMs, toMs: takenMs + random() * 10 };
  });

/** Puts it behind all others; what was not asked for longest is forgotten. */
function remember(cache: Set<number>, trace: number, size: number): void {
  cache.delete(trace);
  cache.add(trace);
  const [oldest] = cache;
  if (cache.size > size) cache.delete(oldest as number);
}
