/** A stage that took longer than it may: the run is torn down, never left hanging. */
export class BudgetError extends Error {
  override name = 'BudgetError';
}

/** Something that the evidence hangs on broke: the run proves nothing, its verdict is unknown. */
export class RunBroken extends Error {
  override name = 'RunBroken';
}

/** The user asked to stop. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

/**
 * Runs a stage within its time budget and until the signal says stop. The work gets a signal of
 * its own that is raised in either case.
 * @throws BudgetError, RunBroken or Interrupted while the work itself may still be winding down
 */
export async function withBudget<T>(
  stage: string,
  budgetMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) {
    if (signal.reason instanceof RunBroken) throw signal.reason;
    throw new Interrupted(`interrupted before: ${stage}`);
  }
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
  const interrupt = (): void =>
    give(
      signal.reason instanceof RunBroken
        ? signal.reason
        : new Interrupted(`interrupted during: ${stage}`),
    );
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await Promise.race([work(stop.signal), limit.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
  }
}
