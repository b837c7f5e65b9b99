import { expect, it } from 'vitest';
import type { Tier } from '../../pipeline/types.ts';
import { queueFolderOfPod } from './queues.ts';

const exporter = { config: { sending_queue: { storage: 'file_storage/queue' } } };
const extension = { kind: 'extensions', id: 'file_storage/queue', config: { directory: '/var/q' } };
const sources = { empty: { emptyDir: true }, kept: { claim: 'queue' } };

const tierWith = (mounts: readonly (readonly [string, string])[], own = exporter) =>
  ({
    outputs: [{ signal: 'traces', exporter: own }],
    components: [extension],
    workload: {
      mounts: mounts.map(([path, volume]) => ({ path, volume })),
      volumes: Object.entries(sources).map(([name, source]) => ({ name, source })),
    },
  }) as unknown as Tier;

it.each<[string, readonly (readonly [string, string])[], string | undefined]>([
  ['an emptyDir', [['/var/q', 'empty']], '/var/q'],
  ['a folder of an emptyDir', [['/var/', 'empty']], '/var/q'],
  ['no volume', [['/var/queue', 'kept']], '/var/q'],
  ['a claim', [['/var/q', 'kept']], undefined],
  [
    'a claim in an emptyDir',
    [
      ['/var', 'empty'],
      ['/var/q', 'kept'],
    ],
    undefined,
  ],
])('a queue on %s', (_, mounts, folder) => {
  expect(queueFolderOfPod(tierWith(mounts), 'traces')).toBe(folder);
  expect(queueFolderOfPod(tierWith(mounts), 'logs')).toBeUndefined();
});

it('a queue in memory is in no folder', () => {
  const inMemory = { config: { sending_queue: {} } } as unknown as typeof exporter;
  expect(queueFolderOfPod(tierWith([['/var/q', 'empty']], inMemory), 'traces')).toBeUndefined();
});
