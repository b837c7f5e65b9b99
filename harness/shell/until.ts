import { setTimeout as sleep } from 'node:timers/promises';

/** The first defined answer within the time, looked for every so often; else undefined. */
export async function until<T>(
  withinMs: number,
  everyMs: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined || performance.now() > deadline) return found;
    await sleep(everyMs);
  }
}
