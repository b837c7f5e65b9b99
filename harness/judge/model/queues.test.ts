import { expect, it } from 'vitest';
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

it('goes with what it was in', () => {
  const gone = (ended: 'container' | 'pod') =>
    (['container', 'pod', 'volume'] as const).filter((place) => isGoneWith(place, ended));
  expect(gone('container')).toEqual(['container']);
  expect(gone('pod')).toEqual(['container', 'pod']);
});
