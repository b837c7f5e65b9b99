import { describe, expect, it } from 'vitest';
import type { Tier } from '../../pipeline/types.ts';
import { isGoneWith, type QueuePlace, queuePlaces } from './queues.ts';

const exporter = { config: { sending_queue: { storage: 'file_storage/queue' } } };
const extension = {
  kind: 'extensions',
  type: 'file_storage',
  id: 'file_storage/queue',
  config: { directory: '/var/q' },
};
const sources = { empty: { emptyDir: true }, kept: { claim: 'queue' } };

const tierWith = (mounts: readonly (readonly [string, string])[], over: object = {}) =>
  ({
    outputs: [{ signal: 'traces', exporter, ...over }],
    components: [extension],
    workload: {
      mounts: mounts.map(([path, volume]) => ({ path, volume })),
      volumes: Object.entries(sources).map(([name, source]) => ({ name, source })),
    },
  }) as unknown as Tier;

it.each<[string, readonly (readonly [string, string])[], QueuePlace]>([
  ['an emptyDir', [['/var/q', 'empty']], 'pod'],
  ['a folder of an emptyDir', [['/var/', 'empty']], 'pod'],
  ['no volume', [['/var/queue', 'kept']], 'container'],
  ['a claim', [['/var/q', 'kept']], 'volume'],
  [
    'a claim in an emptyDir',
    [
      ['/var', 'empty'],
      ['/var/q', 'kept'],
    ],
    'volume',
  ],
])('a queue on %s', (_, mounts, place) => {
  expect(queuePlaces(tierWith(mounts), 'traces')).toEqual([place]);
  expect(queuePlaces(tierWith(mounts), 'logs')).toEqual([]);
});

it('a queue whose storage names no folder is in the default one', () => {
  const tier = {
    ...tierWith([['/var/lib/otelcol', 'kept']]),
    components: [{ ...extension, config: {} }],
  };
  expect(queuePlaces(tier as unknown as Tier, 'traces')).toEqual(['volume']);
});

it('a queue without storage is in memory', () => {
  const inMemory = { exporter: { config: { sending_queue: {} } } };
  expect(queuePlaces(tierWith([['/var/q', 'empty']], inMemory), 'traces')).toEqual(['memory']);
});

it('a queue that is off is none: what it sends is in memory', () => {
  const sending_queue = { enabled: false, storage: 'file_storage/queue' };
  const tier = tierWith([['/var/q', 'kept']], { exporter: { config: { sending_queue } } });
  expect(queuePlaces(tier, 'traces')).toEqual(['memory']);
});

describe('a loadbalancing exporter', () => {
  const sending_queue = { storage: 'file_storage/queue' };
  const places = (config: object): QueuePlace[] =>
    queuePlaces(
      tierWith([['/var/q', 'kept']], { exporter: { type: 'loadbalancing', config } }),
      'traces',
    );

  it.each<[string, object, QueuePlace[]]>([
    ['by default for each endpoint, in memory', {}, ['memory']],
    ['for each endpoint, on a volume', { protocol: { otlp: { sending_queue } } }, ['volume']],
    ['in front of them too', { sending_queue }, ['volume', 'memory']],
    [
      'in front of them only',
      { sending_queue, protocol: { otlp: { sending_queue: { enabled: false } } } },
      ['volume'],
    ],
  ])('queues %s', (_, config, expected) => {
    expect(places(config)).toEqual(expected);
  });
});

it('goes with what it was in', () => {
  const gone = (ended: 'container' | 'pod') =>
    (['container', 'pod', 'volume'] as const).filter((place) => isGoneWith(place, ended));
  expect(gone('container')).toEqual(['container']);
  expect(gone('pod')).toEqual(['container', 'pod']);
});
