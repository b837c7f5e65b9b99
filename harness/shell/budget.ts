/** A stage that took longer than it may: the run is torn down, never left hanging. */
export class BudgetError extends Error {
  override name = 'BudgetError';
}

/** The user asked to stop. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

/**
 * Runs a stage within its time budget and until the signal says stop. The work gets a signal of
 * its own that is raised in either case.
 * @throws BudgetError or Interrupted while the work itself may still be winding down
 */
export async function withBudget<T>(
  stage: string,
  budgetMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw new Interrupted(`interrupted before: ${stage}`);
  const stop = new AbortController();
  const limit = Promise.withResolvers<never>();
  const give = (error: Error): void => {
    limit.reject(error);
    stop.abort(error);
  };
  const timer = setTimeout(
    () => give(new BudgetError(`${stage} took longer than ${Math.round(budgetMs / 1_000)} s`)),
    budgetMs,
  );
  const interrupt = (): void => give(new Interrupted(`interrupted during: ${stage}`));
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await Promise.race([work(stop.signal), limit.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
  }
}
