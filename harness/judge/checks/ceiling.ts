import { formatCount, formatShare } from '../../lib/units.ts';
import { createCollector, type Entry } from '../collect.ts';
import type { Finding } from '../types.ts';

/** What a scenario's exceptions took out of a check, each by its name. */
export interface Excepted {
  take(name: string, entry: Entry): void;
  readonly count: number;
  /** `, 61 held-by-killed, 4 split-by-outage`; empty where nothing was. */
  readonly note: string;
  /**
   * All that was taken out, where that is more than may be: a fault explains so much and no more.
   * @param total how many the check looked at
   */
  beyond(total: number): readonly Finding[];
}

/** @param atMost the largest share that may be taken out, in 0..1; undefined: none is named */
export function createExcepted(atMost: number | undefined): Excepted {
  const counts = new Map<string, number>();
  const taken = createCollector();
  return {
    take: (name, entry) => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      taken.add(entry);
    },
    get count() {
      return taken.count;
    },
    get note() {
      return [...counts].map(([name, n]) => `, ${formatCount(n)} ${name}`).join('');
    },
    beyond: (total) => {
      if (atMost === undefined || taken.count <= atMost * total) return [];
      const share = formatShare(taken.count / Math.max(1, total));
      const much = `${share} excepted, at most ${formatShare(atMost)} may be`;
      return taken
        .findings()
        .map((finding) => ({ ...finding, cause: `${finding.cause}: ${much}` }));
    },
  };
}
