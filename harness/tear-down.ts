import { closeRecords } from './close-records.ts';
import type { Prober } from './evidence/visibility.ts';
import { withBudget } from './shell/budget.ts';
import type { RunningStack } from './stack/types.ts';

export interface ToEnd {
  /** Settles when the start has succeeded or failed; failure is undefined. */
  readonly starting: Promise<RunningStack | undefined> | undefined;
  readonly prober: Prober | undefined;
  /** Collectors are asked to leave before everything is ended. */
  readonly politely: boolean;
  /** Saves what is known of a run that broke off. */
  readonly save: (stack: RunningStack) => void;
  readonly closeMs: number;
  readonly stopMs: number;
}

export interface TornDown {
  readonly errors: readonly { readonly what: string; readonly error: string }[];
  /** What may be there still, with a hint. */
  readonly left: readonly string[];
}

/**
 * Ends everything that was started; each step is tried within its bound, whatever the others came
 * to: a full disk must not keep the rest from being ended.
 */
export async function tearDown(run: ToEnd): Promise<TornDown> {
  const never = new AbortController().signal;
  const errors: { what: string; error: string }[] = [];
  const left: string[] = [];
  const attempt = async (
    what: string,
    budgetMs: number,
    work: () => Promise<void>,
  ): Promise<boolean> => {
    try {
      await withBudget(what, budgetMs, never, work);
      return true;
    } catch (error) {
      errors.push({ what, error: String(error) });
      return false;
    }
  };
  const end = async (what: string, work: () => Promise<void>): Promise<void> => {
    if (await attempt(what, run.stopMs, work)) return;
    left.push(`could not ${what}: ${errors.at(-1)?.error}. Hint: npm run bench -- clean`);
  };
  const started: { stack?: RunningStack | undefined } = {};
  await attempt('stop probing', run.closeMs, async () => run.prober?.stop());
  await end('end the start', async () => {
    started.stack = await run.starting;
  });
  const { stack } = started;
  if (!stack) return { errors, left };
  if (run.politely) await attempt('close the records', run.closeMs, () => closeRecords(stack));
  await attempt('save what is known', run.closeMs, async () => run.save(stack));
  await end('end the stack', async () => stack[Symbol.asyncDispose]());
  return { errors, left };
}
