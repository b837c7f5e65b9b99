import { z } from 'zod';
import { paint } from '../report/console.ts';

/** Exit codes that CI jobs read. */
export const exitCodes = {
  pass: 0,
  fail: 1,
  unknown: 2,
  interrupted: 130,
  badInput: 254,
  broken: 255,
} as const;

/** How a run came out, from harmless to worst. */
const results = ['pass', 'unknown', 'fail', 'interrupted', 'badInput', 'broken'] as const;
export type Result = (typeof results)[number];

/** One run that has ended, also as a job tells it to the process that started it. */
export const doneSchema = z.object({
  name: z.string(),
  result: z.enum(results),
  /** Of the run; empty where there is nothing in it to read. */
  folder: z.string(),
});
export type Done = Readonly<z.infer<typeof doneSchema>>;

/** The exit code of the worst; that of a broken bench where nothing ran. */
export function worstCode(done: readonly Done[]): number {
  const worst = Math.max(...done.map(({ result }) => results.indexOf(result)));
  return exitCodes[results[worst] ?? 'broken'];
}

/** The result that a process which told none ended with. */
export const resultOfCode = (code: number | null): Result =>
  results.find((result) => exitCodes[result] === code) ?? 'broken';

/**
 * A line a run, then how many came out how: `14 passed, 2 failed`. Whatever did not pass has failed
 * but for unknown, which is counted by itself.
 */
export function summaryText(done: readonly Done[], colour: boolean): string {
  const style = paint(colour);
  const lines = done.map(({ name, result, folder }) => {
    const outcome = result === 'pass' || result === 'unknown' ? result : 'fail';
    return `${style.of(outcome, shown(result).padEnd(11))} ${name.padEnd(32)} ${folder}`.trimEnd();
  });
  const counts = results.flatMap((result) => {
    const count = done.filter((one) => one.result === result).length;
    return count > 0 ? `${count} ${shown(result)}` : [];
  });
  return `\n${lines.join('\n')}\n${done.length} runs: ${counts.join(', ')}\n`;
}

const shown = (result: Result): string => (result === 'badInput' ? 'bad input' : result);
