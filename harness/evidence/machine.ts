import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { MachineSample } from '../shell/machine.ts';

export const machineName = 'machine.jsonl';

const amount = z.number().nonnegative();
const sampleSchema = z.strictObject({
  atMs: z.number(),
  processors: z.int().positive(),
  idleMs: amount,
  busyMs: amount,
  runnable: amount,
});

/**
 * How busy the machine was, in order of time. A line that is not whole is left out: that moment is
 * unknown, and speaks for nobody.
 * @returns none where it was not looked at: an old run, or no Linux
 */
export function readMachine(runFolder: string): readonly MachineSample[] {
  const file = join(runFolder, 'evidence', machineName);
  return existsSync(file) ? parseMachine(readFileSync(file, 'utf8')) : [];
}

/** One sample a line; see `readMachine`. */
export function parseMachine(text: string): readonly MachineSample[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = sampleSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}
