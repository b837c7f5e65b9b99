import { z } from 'zod';
import { paint } from '../report/console.ts';
import { countsText, type Result, results, resultText, toneOf, worstOf } from '../report/runs.ts';

/** Exit codes that CI jobs read. */
export const exitCodes = {
  pass: 0,
  fail: 1,
  /** It failed, and passed when it was run again: nobody may rely on it. */
  flaky: 1,
  unknown: 2,
  interrupted: 130,
  badInput: 254,
  broken: 255,
} as const;

/** One run that has ended, also as a job tells it to the process that started it. */
export const doneSchema = z.object({
  name: z.string(),
  result: z.enum(results),
  /** Of the run; empty where there is nothing in it to read. */
  folder: z.string(),
  /** Of the run that it was confirmed by, or that it confirms. */
  other: z.string().exactOptional(),
});
export type Done = Readonly<z.infer<typeof doneSchema>>;

/** The exit code of the worst; that of a broken bench where nothing ran. */
export const worstCode = (done: readonly Done[]): number =>
  exitCodes[done.length === 0 ? 'broken' : worstOf(done)];

/** The result that a process which told none ended with. */
export const resultOfCode = (code: number | null): Result =>
  results.find((result) => result !== 'flaky' && exitCodes[result] === code) ?? 'broken';

/**
 * A line a run, then how many came out how: `14 passed, 2 failed`. Whatever did not pass has failed
 * but for unknown, which is counted by itself.
 */
export function summaryText(done: readonly Done[], colour: boolean): string {
  const style = paint(colour);
  const lines = done.map(({ name, result, folder }) => {
    return `${style.of(toneOf(result), resultText(result).padEnd(11))} ${name.padEnd(32)} ${folder}`.trimEnd();
  });
  return `\n${lines.join('\n')}\n${done.length} runs: ${countsText(done)}\n`;
}
