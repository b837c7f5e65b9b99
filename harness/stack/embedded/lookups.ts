/** What pods were told when they looked Services up, by DNS or from the Kubernetes API. */
export interface Lookups {
  /** A pod at this address was told so many addresses of a Service (`namespace/name`). */
  told(from: string, service: string, addresses: number): void;
  /**
   * Resolves when each of these was last told at least as many addresses as it should know, or
   * when the time is over: with those that were not.
   */
  until<W extends Wanted>(wanted: readonly W[], timeoutMs: number): Promise<readonly W[]>;
}

export interface Wanted {
  readonly from: string;
  readonly service: string;
  /** How many addresses there are now. */
  readonly addresses: () => number;
}

export function createLookups(): Lookups {
  const last = new Map<string, number>();
  const listeners = new Set<() => void>();
  const missing = <W extends Wanted>(wanted: readonly W[]): readonly W[] =>
    wanted.filter(({ from, service, addresses }) => {
      const known = last.get(`${from} ${service}`) ?? 0;
      return known < Math.max(1, addresses());
    });
  return {
    told: (from, service, addresses) => {
      last.set(`${from} ${service}`, addresses);
      for (const listener of listeners) listener();
    },
    until: (wanted, timeoutMs) =>
      new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          listeners.delete(look);
          resolve(missing(wanted));
        };
        const look = (): void => {
          if (missing(wanted).length === 0) end();
        };
        const timer = setTimeout(end, timeoutMs);
        listeners.add(look);
        look();
      }),
  };
}

/**
 * Withholds names from whoever asks for them by DNS until the load runs and a look-up under it has
 * failed: then the first of the load meets load balancers that know nobody.
 */
export function createWithholding(services: ReadonlySet<string>, nowMs: () => number) {
  let loadFromMs = Number.POSITIVE_INFINITY;
  const failed = new Set<string>();
  return {
    loadBegins: (atMs: number): void => {
      loadFromMs = atMs;
    },
    /** Whether this look-up fails. */
    fails: (from: string, service: string): boolean => {
      const key = `${from} ${service}`;
      if (!services.has(service) || failed.has(key)) return false;
      if (nowMs() >= loadFromMs) failed.add(key);
      return true;
    },
  };
}
