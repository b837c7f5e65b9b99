import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../lib/errors.ts';
import type { PodLife } from '../stack/types.ts';
import { readPersistentQueue } from './persistent-queue.ts';
import type { QueueFact } from './types.ts';

const signals = ['traces', 'logs', 'metrics'] as const;

/** Reads the copies of all persistent queues; of one that can't be read, why. */
export const readQueues = (runFolder: string, lives: readonly PodLife[]): QueueFact[] =>
  lives.flatMap(({ pod, uid, life, left }) =>
    (left?.files ?? []).flatMap(({ path, file }): QueueFact[] => {
      const signal = signals.find((one) => path.endsWith(`_${one}`));
      if (!signal) return [];
      const queue = { pod, uid, life, path, signal };
      try {
        const copy = join(runFolder, file);
        if (!existsSync(copy)) return [{ ...queue, defect: 'its copy is not there', requests: [] }];
        return [{ ...queue, requests: readPersistentQueue(readFileSync(copy), signal) }];
      } catch (error) {
        return [{ ...queue, defect: messageOf(error), requests: [] }];
      }
    }),
  );
