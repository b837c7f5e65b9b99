import { describe, expect, it } from 'vitest';
import type { MissedScrapes } from '../../evidence/types.ts';
import { scraper } from '../../pipeline/scraper.testing.ts';
import type { PodLife } from '../../stack/types.ts';
import type { SignalPath } from '../model/path.ts';
import type { ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import { readIncarnations } from './incarnations.ts';
import { missedBecause } from './missed-scrapes.ts';
import { notAskedFor } from './not-asked-for.ts';

const shop = `{ job_name: shop, static_configs: [{ targets: ["cart:80"] }] }`;
const startMs = 100_000;
const missed: MissedScrapes = {
  fromMs: startMs + 8_000,
  toMs: startMs + 14_000,
  before: '10.0.0.1',
  scrapes: 2,
  failed: 0,
};

const lifeOf = (pod: string, address: string, over: Partial<PodLife> = {}): PodLife =>
  ({
    pod,
    tier: 'scraper',
    address,
    uid: pod,
    life: 0,
    startedMs: 0,
    ending: 'stop',
    ...over,
  }) as never;
const lives = [lifeOf('scraper-0', '10.0.0.1'), lifeOf('scraper-1', '10.0.0.2')];
const killed = (pod: string, address: string) => [
  lifeOf(pod, address, { endedMs: startMs + 9_000, signal: 'SIGKILL', ending: 'fault' }),
  lifeOf(pod, address, { life: 1, startedMs: startMs + 9_500, readyMs: startMs + 10_000 }),
];

function because(over: object, pauses: JudgeContext['pauses'] = new Map(), more: object = {}) {
  const evidence = { facts: { startMs, faults: [] }, lives, receipts: [], ...over };
  const incarnations = readIncarnations({ recorders: [], ...evidence } as never);
  const context = { pipeline: scraper([shop]), evidence, incarnations, pauses };
  return missedBecause(context as never, 'scraper', { ...missed, ...more });
}

describe('why scrapes are missed', () => {
  it('is that who scraped was killed, and when it was back', () => {
    const own = [...killed('scraper-0', '10.0.0.1'), lives[1]];
    expect(because({ lives: own })).toBe('scraper-0 was killed at 9.0 s and back at 10.0 s');
  });

  it('is that it stood still', () => {
    const pause = { fromMs: startMs + 8_500, toMs: startMs + 13_000, certain: undefined };
    const pauses = new Map([['scraper-0/scraper-0/0', [pause]]]);
    expect(because({}, pauses)).toBe('scraper-0 stood still from 8.5 s to 13.0 s');
  });

  it('is another harm that was done to it meanwhile', () => {
    const harm = { kind: 'partition', pod: 'scraper-0', injectedMs: startMs + 8_200 };
    expect(because({ receipts: [harm] })).toBe('scraper-0 was under partition from 8.2 s on');
  });

  it('is that no answer came', () => {
    expect(because({}, new Map(), { failed: 2 })).toMatch(/^it was asked 2 times/);
  });

  it.each([
    ['another one was killed', { lives: [lives[0], ...killed('scraper-1', '10.0.0.2')] }],
    [
      'harm was done at another time',
      {
        receipts: [
          { kind: 'slow', pod: 'scraper-0', injectedMs: 0, healedMs: startMs + 7_000 },
          { kind: 'slow', pod: 'scraper-0', injectedMs: startMs + 15_000 },
        ],
      },
    ],
  ])('is not that %s', (_, over) => {
    expect(because(over)).toMatch(/^nothing that ended/);
  });
});

it('is told of each sample, with its target and the time', () => {
  const scrape = { target: 'cart:80', by: '', missed };
  const view = { block: { scrape }, arrivals: [] } as unknown as ItemView;
  const evidence = { facts: { startMs, faults: [] }, lives, receipts: [], recorders: [] };
  const context = {
    pipeline: scraper([shop]),
    evidence,
    incarnations: readIncarnations(evidence as never),
    pauses: new Map(),
  } as unknown as JudgeContext;
  expect(notAskedFor(context, { signal: 'metrics' } as SignalPath, 0, view)).toMatchObject({
    kind: 'lost',
    cause: 'scrape-missed',
    component: 'scraper/prometheus',
    why: 'cart:80 was not scraped from 8.0 s to 14.0 s: 2 scrapes missed; nothing that ended, or was done to who scrapes, explains it',
  });
});

describe('what a target told who was stopped', () => {
  const paused = { key: 'scraper-0/scraper-0/0', life: lives[0] };
  /** Told at 8.9 s to one that stood still from 9 s on; its scrape may take a second. */
  const ofPause = (toMs: number, over: object = {}, next: object[] = []) => {
    const told = {
      kind: 'ok',
      incarnation: paused,
      fromMs: startMs + 8_900,
      toMs: startMs + 8_905,
    };
    const pause = { fromMs: startMs + 9_000, toMs: startMs + toMs, certain: undefined };
    const context = {
      pipeline: scraper([shop.replace('job_name', 'scrape_timeout: 1s, job_name')]),
      evidence: { facts: { startMs } },
      pauses: new Map([[paused.key, [pause]]]),
    } as unknown as JudgeContext;
    const scrape = { target: 'cart:80', by: '10.0.0.1' };
    const arrivals = [[{ ...told, ...over }], next];
    const view = { block: { scrape }, arrivals } as unknown as ItemView;
    return notAskedFor(context, { signal: 'metrics' } as SignalPath, 0, view);
  };

  it('is lost where its scrape had run out of time as it went on', () => {
    expect(ofPause(16_000)).toMatchObject({
      cause: 'scrape-missed',
      detail: 'cart:80 was scraped at 8.9 s, and its answer not read',
      why: expect.stringMatching(/scraper-0 stood still from 9.0 s to 16.0 s.* of 1.0 s$/),
    });
  });

  it.each([
    ['went on within the scrape’s time', 9_800, {}],
    ['had read it long before it was stopped', 16_000, { toMs: startMs + 8_600 }],
    ['is another one than was stopped', 16_000, { incarnation: { ...paused, key: 'other' } }],
    ['never took it', 16_000, { kind: 'refused' }],
  ])('is not where it %s', (_, toMs, over) => {
    expect(ofPause(toMs, over)).toBeUndefined();
  });

  it('is not what it had sent on', () => {
    expect(ofPause(16_000, {}, [{}])).toBeUndefined();
  });
});
