import { describe, expect, it } from 'vitest';
import { readTailSampling } from '../../pipeline/sampling.ts';
import type { Component } from '../../pipeline/types.ts';
import type { ItemView } from './arrival.ts';
import { replayEvictions, type Window } from './evictions.ts';
import { firstArrivals } from './forgetting.ts';
import type { Incarnation } from './incarnations.ts';
import type { Pause } from './pauses.ts';
import type { FactReader } from './reader.ts';
import {
  randomFrom,
  type SimulatedSettings,
  simulateLoad,
  simulateSampler,
  stopped,
} from './sampler.testing.ts';
import { accountStays } from './sampler.ts';
import type { StayAccount } from './stay.ts';
import type { Ticks } from './ticks.ts';

const place = () => ({ file: 'gateway.yaml', line: 1, column: 1 });
const samplingOf = (config: object) =>
  readTailSampling({ id: 'tail_sampling', type: 'tail_sampling', config } as unknown as Component, {
    problems: [],
    place,
  });
const errors = { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } };
const gateway = {
  key: 'gateway-0',
  tier: 'gateway',
  ending: 'running',
  life: { pod: 'gateway-0' },
} as unknown as Incarnation;

interface Came {
  readonly item: number;
  readonly error?: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind?: 'ok' | 'maybe';
}

const viewOf = ({ item, error = false, fromMs, toMs, kind = 'ok' }: Came) =>
  ({
    item: { item, statusCode: error ? 2 : 0 },
    arrivals: [[{ incarnation: gateway, fromMs, toMs, kind }]],
    deliveries: [],
  }) as unknown as ItemView;

const arrived: FactReader['arrived'] = {
  facts: ({ item: { statusCode } }) => ({
    statusCode,
    startOffsetNanos: 0,
    endOffsetNanos: 0,
    attributes: {},
    resource: {},
  }),
  isBlindTo: () => false,
};
const reader: FactReader = {
  planned: arrived,
  arrived,
  filter: () => ({ name: '', kind: 0, statusCode: 0, attributes: {}, resource: {} }),
  dropped: () => false,
};
const noMemory = {
  evictions: new Map(),
  newTraces: new Map(),
  ticks: new Map(),
  pauses: new Map(),
  batchedMs: 0,
  showsOutcome: true,
};

function stayOf(config: object, came: readonly Came[], facts: Partial<FactReader> = {}) {
  const sampling = samplingOf({ decision_wait: '10s', ...config });
  const own = { ...reader, ...facts };
  const [stay] = accountStays('ab', 1, came.map(viewOf), 0, sampling, noMemory, own);
  return stay as StayAccount;
}

describe('what a gateway decides of what it held', () => {
  const policies = [errors];
  const early = { item: 1, fromMs: 0, toMs: 10 };

  it('does not count a span that a filter in front of the sampler drops', () => {
    const came = [early, { item: 2, error: true, fromMs: 20, toMs: 30 }];
    const dropped = ({ item }: ItemView) => item.item === 2;
    expect(stayOf({ policies }, came).decision?.outcome).toBe('sampled');
    expect(stayOf({ policies }, came, { dropped }).decision?.outcome).toBe('not-sampled');
    const open = ({ item }: ItemView) => (item.item === 2 ? undefined : false);
    expect([...stayOf({ policies }, came, { dropped: open }).doubts]).toEqual(['arrivals']);
  });

  it('is open where what the policies look at may have been changed', () => {
    const stay = stayOf({ policies }, [early], {
      arrived: { ...arrived, isBlindTo: () => true },
    });
    expect([...stay.doubts]).toEqual(['rules']);
  });

  it('is open where a setting is not modelled, whatever the policies say', () => {
    const config = { policies: [{ name: 'all', type: 'always_sample' }] };
    expect(stayOf(config, [early])).toMatchObject({ fate: 'decided', ambiguous: false });
    const stay = stayOf({ ...config, tail_storage: 'files' }, [early]);
    expect([...stay.doubts]).toEqual(['rules']);
  });

  it('may have lacked what a batch in front of the sampler held back', () => {
    const sampling = samplingOf({ decision_wait: '10s', policies });
    const error = { item: 2, error: true, fromMs: 9_000, toMs: 9_010 };
    const doubtsOf = (batchedMs: number) => {
      const memory = { ...noMemory, batchedMs };
      const [stay] = accountStays('ab', 1, [early, error].map(viewOf), 0, sampling, memory, reader);
      return [...(stay?.doubts ?? [])];
    };
    expect(doubtsOf(0)).toEqual([]);
    expect(doubtsOf(5_000)).toEqual(['arrivals']);
  });

  it('counts a span that may have come twice neither once nor twice', () => {
    const counts = [{ name: 'c', type: 'span_count', span_count: { min_spans: 2 } }];
    const again = { item: 1, fromMs: 50, toMs: 60, kind: 'maybe' as const };
    expect([...stayOf({ policies: counts }, [early, again]).doubts]).toEqual(['rules']);
    expect(stayOf({ policies: counts }, [early]).decision?.outcome).toBe('not-sampled');
  });

  it('may have begun with a request that broke off', () => {
    const broken = { item: 1, fromMs: 0, toMs: 5_000, kind: 'maybe' as const };
    const again = { item: 1, fromMs: 12_000, toMs: 12_010 };
    const error = { item: 2, error: true, fromMs: 15_000, toMs: 15_010 };
    expect([...stayOf({ policies }, [broken, again, error]).doubts]).toEqual(['arrivals']);
    expect([...stayOf({ policies }, [again, error]).doubts]).toEqual([]);
  });

  it('is open where some, but not all, of what came just then would turn it', () => {
    const two = { name: 'two', type: 'span_count', span_count: { min_spans: 2, max_spans: 2 } };
    const atTick = [2, 3].map((item) => ({ item, fromMs: 10_500 + item, toMs: 10_510 + item }));
    expect([...stayOf({ policies: [two] }, [early, ...atTick]).doubts]).toEqual(['arrivals']);
  });
});

describe('beside a simulated sampler', () => {
  const settings = {
    decisionWaitMs: 3_000,
    numTraces: 100_000,
    cachesDecisions: false,
    cacheSize: 100_000,
    phaseMs: 370,
    pause: undefined,
  };
  const pause = { fromMs: 4_800, toMs: 9_150 };
  const known = clockOf(settings.phaseMs);
  const load = { traces: 1_500, tracesPerSecond: 200, spreadMs: 1_500, lateShare: 0 };
  const cases: [string, Partial<SimulatedSettings>, Partial<typeof load>][] = [
    ['with room', {}, {}],
    ['with late spans', {}, { lateShare: 0.1 }],
    ['that pushes out before it decides', { numTraces: 500 }, {}],
    ['that pushes out about when it decides', { numTraces: 700 }, {}],
    ['that has hardly any room', { numTraces: 100 }, { lateShare: 0.1 }],
    ['that remembers', { cachesDecisions: true }, { lateShare: 0.1 }],
    ['that remembers and has no room', { cachesDecisions: true, numTraces: 500 }, {}],
    ['that remembers some', { cachesDecisions: true, cacheSize: 900 }, { lateShare: 0.1 }],
    ['that is stopped for a while', { pause }, {}],
    ['that is stopped for a while, with late spans', { pause }, { lateShare: 0.1 }],
    [
      'that is stopped and remembers some',
      { pause, cachesDecisions: true, cacheSize: 900 },
      { lateShare: 0.1 },
    ],
    [
      'that is stopped and soon forgets',
      { pause, cachesDecisions: true, cacheSize: 100 },
      { lateShare: 0.1 },
    ],
    ['that is stopped between two ticks', { pause: { fromMs: 4_400, toMs: 5_300 } }, {}],
    ['that is stopped and pushes out', { pause, numTraces: 500 }, {}],
    ['that soon forgets', { cachesDecisions: true, cacheSize: 100 }, { lateShare: 0.1 }],
  ];

  it.each(cases)('%s, what is certain is true', (_, own, ownLoad) => {
    for (const seed of [1, 2, 3]) {
      for (const [clock, receipt] of [[], [known], [known, 'slow'], [known, 'none']] as const) {
        const all = [
          { ...settings, ...own },
          { ...load, ...ownLoad },
        ] as const;
        const counts = compare(seed, ...all, clock, receipt);
        expect(counts).toMatchObject({ notHandedOn: 0, handedOn: 0 });
        expect(counts.certain).toBeGreaterThan(100);
      }
    }
  });

  it('knows nearly all where it knows the clock, also of one that was stopped', () => {
    const certain = (own: Partial<SimulatedSettings>): number =>
      compare(1, { ...settings, ...own }, load, known).certain;
    const all = certain({});
    expect(certain({ pause })).toBeGreaterThan(0.9 * all);
  });

  it('knows what came late as long as the decisions are surely remembered', () => {
    const remembering = { ...settings, cachesDecisions: true };
    const late = (cacheSize: number): number =>
      compare(1, { ...remembering, cacheSize }, { ...load, lateShare: 0.1 }).certainLate;
    const all = late(100_000);
    expect(all).toBeGreaterThan(50);
    expect(late(900)).toBeGreaterThan(0);
    expect(late(900)).toBeLessThanOrEqual(all);
    expect(late(100)).toBe(0);
  });
});

/** A clock as a log would tell it, of a process whose bursts were not seen. */
const clockOf = (phaseMs: number): Ticks => ({
  phaseMs,
  overMs: (tick) => tick,
  lastTickMs: Number.NEGATIVE_INFINITY,
  lastSeenMs: Number.NEGATIVE_INFINITY,
  seenWithinMs: 60,
  perTick: 0,
});

/** What is told of a pause is longer than it was; of a signal that was slow, by a lot. */
const receipts = {
  prompt: ({ fromMs, toMs }: Window): Pause => {
    const told = { fromMs: fromMs - 20, toMs: toMs + 30 };
    return { ...told, certain: told };
  },
  slow: ({ fromMs, toMs }: Window): Pause => ({
    fromMs: fromMs - 600,
    toMs: toMs + 450,
    certain: { fromMs: fromMs + 300, toMs: toMs - 350 },
  }),
  none: ({ fromMs, toMs }: Window): Pause => ({
    fromMs: fromMs - 20,
    toMs: toMs + 30,
    certain: undefined,
  }),
};

/** Counts items of which the ledger says for certain what the simulated sampler did not do. */
function compare(
  seed: number,
  settings: SimulatedSettings,
  load: Parameters<typeof simulateLoad>[1],
  clock?: Ticks,
  receipt: keyof typeof receipts = 'prompt',
) {
  const { pause } = settings;
  const requests = stopped(randomFrom(seed), simulateLoad(randomFrom(seed), load), pause);
  const told = pause ? [receipts[receipt](pause)] : [];
  const handedOn = simulateSampler(randomFrom(-seed), requests, settings);
  const size = settings.cachesDecisions ? settings.cacheSize : 0;
  const sampling = samplingOf({
    decision_wait: `${settings.decisionWaitMs}ms`,
    num_traces: settings.numTraces,
    decision_cache: { sampled_cache_size: size, non_sampled_cache_size: size },
    policies: [errors],
  });
  const arrivals = requests.flatMap(({ fromMs, toMs, spans }) =>
    [...new Set(spans.map(({ trace }) => trace))].map((trace) => ({ trace, fromMs, toMs })),
  );
  const evictions = new Map([[gateway.key, replayEvictions(arrivals, settings)]]);
  const came = requests.flatMap(({ fromMs, toMs, spans }) =>
    spans.map((span) => ({ ...span, fromMs, toMs })),
  );
  const newTraces = new Map([[gateway.key, firstArrivals(arrivals)]]);
  const counts = { certain: 0, certainLate: 0, notHandedOn: 0, handedOn: 0 };
  for (const [trace, own] of Map.groupBy(came, ({ trace }) => trace)) {
    const ticks = new Map(clock ? [[gateway.key, clock]] : []);
    const pauses = new Map([[gateway.key, told]]);
    const memory = { evictions, newTraces, ticks, pauses, batchedMs: 0, showsOutcome: true };
    for (const stay of accountStays('ab', trace, own.map(viewOf), 0, sampling, memory, reader)) {
      if (stay.ambiguous) continue;
      const sampled = stay.decision?.outcome === 'sampled';
      const certainLate = stay.mayForget ? [] : [...stay.late];
      counts.certainLate += certainLate.length;
      for (const item of [...stay.held, ...certainLate]) {
        counts.certain++;
        if (sampled && !handedOn.has(item)) counts.notHandedOn++;
        if (!sampled && handedOn.has(item)) counts.handedOn++;
      }
    }
  }
  return counts;
}
