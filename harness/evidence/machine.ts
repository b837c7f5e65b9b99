import { join } from 'node:path';
import { z } from 'zod';
import type { MachineSample } from '../shell/machine.ts';
import { parseJsonLines, readJsonLines } from './json-lines.ts';
import { evidenceFolder } from './store.ts';

export const machineName = 'machine.jsonl';

export const machineFile = (runFolder: string): string =>
  join(evidenceFolder(runFolder), machineName);

const amount = z.number().nonnegative();
const sampleSchema = z.strictObject({
  atMs: z.number(),
  processors: z.int().positive(),
  idleMs: amount,
  busyMs: amount,
  runnable: amount,
});

/**
 * How busy the machine was, in order of time; a moment that is unknown speaks for nobody.
 * @returns none where it was not looked at: an old run, or no Linux
 */
export const readMachine = (runFolder: string): readonly MachineSample[] =>
  readJsonLines(machineFile(runFolder), sampleSchema) ?? [];

/** One sample a line; see `readMachine`. */
export const parseMachine = (text: string): readonly MachineSample[] =>
  parseJsonLines(text, sampleSchema);
