import { createWriteStream, mkdirSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../shell/until.ts';
import type { Hiding } from '../../tap/hide.ts';
import type { PodLife } from '../types.ts';
import type { Kube } from './api.ts';

/** Writes each container's log to `evidence/logs/<pod>.<life>.log`, to its end. */
export interface LogKeeper {
  follow(life: PodLife, namespace: string, container: string): void;
  /** Resolves when the logs of containers that have ended are whole, within a bound. */
  whole(): Promise<void>;
  end(): void;
}

const endWithinMs = 5_000;
const lookEveryMs = 200;

/**
 * @param isOver whether this life's container has ended
 * @param hiding what the logs must not hold
 */
export function keepLogs(
  kube: Kube,
  folder: string,
  isOver: (life: PodLife) => boolean,
  hiding: Hiding,
): LogKeeper {
  mkdirSync(folder, { recursive: true });
  const running = new Map<Promise<void>, PodLife>();
  const streams = new Set<IncomingMessage>();
  let over = false;
  const read = async (life: PodLife, namespace: string, container: string): Promise<void> => {
    const query = new URLSearchParams({ container, follow: 'true' });
    const path = `/api/v1/namespaces/${namespace}/pods/${life.pod}/log?${query}`;
    const stream = await kube.raw.stream(path);
    streams.add(stream);
    const file = createWriteStream(join(folder, `${life.pod}.${life.life}.log`));
    const writing = hiding.isIdle
      ? pipeline(stream, file)
      : pipeline(stream, (pieces) => hidden(pieces, hiding), file);
    await writing.finally(() => streams.delete(stream));
  };
  const keep = async (life: PodLife, namespace: string, container: string): Promise<void> => {
    for (;;) {
      await read(life, namespace, container).catch(() => undefined);
      const ended = await until(endWithinMs, lookEveryMs, () =>
        over || isOver(life) ? true : undefined,
      );
      // A stream that broke off although its container runs on is read again from the beginning.
      if (ended) return;
    }
  };
  return {
    follow: (life, namespace, container) => {
      const kept = keep(life, namespace, container).finally(() => running.delete(kept));
      running.set(kept, life);
    },
    whole: async () => {
      const ended = [...running].flatMap(([kept, life]) => (isOver(life) ? kept : []));
      const late = new AbortController();
      const limit = sleep(endWithinMs, undefined, { signal: late.signal }).catch(() => undefined);
      await Promise.race([Promise.all(ended), limit]);
      late.abort();
    },
    end: () => {
      over = true;
      for (const stream of streams) stream.destroy();
    },
  };
}

async function* hidden(pieces: AsyncIterable<Buffer>, hiding: Hiding): AsyncGenerator<Buffer> {
  const lines = hiding.lines();
  for await (const piece of pieces) yield lines.next(piece);
  yield lines.rest();
}
