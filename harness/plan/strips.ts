import type { Problem } from '../lib/errors.ts';
import type { Scenario } from '../scenario/types.ts';

/** Faults of proxies that nobody asks through, or that would end each other. */
export function checkStrips({
  faults,
  users,
  place,
}: Pick<Scenario, 'faults' | 'users' | 'place'>): Problem[] {
  const strips = faults.flatMap((fault, index) =>
    fault.kind === 'strip' ? { ...fault, index } : [],
  );
  return strips.flatMap((own, i): Problem[] => {
    const at = place(['faults', own.index, 'strip']);
    if (!users) {
      const message = `fault strip is of the sample application's ${own.proxy}, which nobody asks`;
      return [{ place: at, message, hint: 'users: { app: shop, rate: 20/s }' }];
    }
    const other = strips
      .slice(0, i)
      .find(
        ({ proxy, headers, atMs, forMs }) =>
          proxy === own.proxy &&
          headers.some((header) => own.headers.some((one) => one === header)) &&
          atMs < own.atMs + own.forMs &&
          own.atMs < atMs + forMs,
      );
    if (!other) return [];
    const message = `fault strip takes out of ${own.proxy} what another one takes out meanwhile`;
    return [{ place: at, message, hint: 'begin it when the other one is over' }];
  });
}
