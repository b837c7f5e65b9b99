import type { MissedScrapes } from './types.ts';

/** A request for a target's metrics, as the recorder in front of it saw it. */
export interface SeenScrape {
  readonly atMs: number;
  /** The address of who asked. */
  readonly by: string;
  /** It was answered. */
  readonly isAnswered: boolean;
}

/** What is known of how a target was to be scraped; moments are epoch milliseconds. */
export interface Watch {
  readonly intervalMs: number;
  /** Of several jobs that lead to one address nobody tells which one a scrape is of. */
  readonly jobs: number;
  /** When it must have been scraped for the first time. */
  readonly firstByMs: number;
  /** There is something to be told between these. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Who scrapes is not asked to end before this. */
  readonly watchedToMs: number;
}

/** A scrape that never was: when it was due, and between which it is missed. */
export interface MissedScrape {
  readonly dueMs: number;
  readonly missed: MissedScrapes;
}

/**
 * Between the start of a collector and its first scrape, beyond one interval: both the manager that
 * discovers targets and the one that scrapes them look each five seconds (Prometheus v0.311,
 * discovery/manager.go, updatert; scrape/manager.go, reloader). Then each target waits for its own
 * moment within the interval (scrape/target.go, offset).
 */
const discoveredWithinMs = 10_000;

/** @param readyMs when the first of those that scrape was ready */
export const firstScrapeByMs = (readyMs: number, intervalMs: number): number =>
  readyMs + discoveredWithinMs + intervalMs;

/** Fewer distances show no interval. */
const leastDistances = 3;

/**
 * How far apart one collector's scrapes are as a rule, where nobody can read what was written.
 * @returns undefined where there are too few
 */
export function usualIntervalMs(seen: readonly SeenScrape[]): number | undefined {
  const distances = [...Map.groupBy(seen, ({ by }) => by).values()]
    .flatMap((own) => own.slice(1).map(({ atMs }, i) => atMs - (own[i]?.atMs ?? 0)))
    .sort((a, b) => a - b);
  return distances.length < leastDistances
    ? undefined
    : distances[Math.floor(distances.length / 2)];
}

/** So little sooner than due a scrape may seem to come: its clock is the recorder's. */
const jitterMs = 250;
const jitterOf = (intervalMs: number): number => Math.min(jitterMs, intervalMs / 10);

/**
 * The scrapes that should have been and were not. Each is due an interval behind the last; one that
 * comes later, be it for want of a processor or because its connection took up to its timeout,
 * which is an interval at most, is late and not missed as long as the next one was not due. Of a
 * target that nobody ever scraped there are none: of that, all is missing.
 */
export function missedScrapes(seen: readonly SeenScrape[], watch: Watch): MissedScrape[] {
  const answered = seen.filter(({ isAnswered }) => isAnswered);
  const made = watch.jobs > 1 ? answered.map(asSeen) : whenDue(answered, watch.intervalMs);
  const [first] = made.sort((a, b) => a.dueMs - b.dueMs);
  if (!first) return [];
  const before = { dueMs: watch.firstByMs - watch.intervalMs, scrape: undefined };
  const known: readonly Made[] = first.dueMs > watch.firstByMs ? [before, ...made] : made;
  return known.flatMap((one, i) => missedBetween(one, known[i + 1], seen, watch));
}

interface Made {
  readonly dueMs: number;
  readonly scrape: SeenScrape | undefined;
}

const asSeen = (scrape: SeenScrape): Made => ({ dueMs: scrape.atMs, scrape });

/**
 * A late scrape does not put the next one off: what comes less than an interval behind it, of the
 * same collector, shows when it was due (Go, time.NewTicker).
 */
function whenDue(scrapes: readonly SeenScrape[], intervalMs: number): Made[] {
  const made: Made[] = [];
  const nextBy = new Map<string, number>();
  for (const scrape of scrapes.toReversed()) {
    const nextMs = nextBy.get(scrape.by) ?? Number.POSITIVE_INFINITY;
    const latestMs = Math.min(scrape.atMs, nextMs - intervalMs);
    const dueMs = Math.max(latestMs, scrape.atMs - intervalMs);
    nextBy.set(scrape.by, dueMs);
    made.push({ dueMs, scrape });
  }
  return made;
}

function missedBetween(
  { dueMs, scrape }: Made,
  next: Made | undefined,
  seen: readonly SeenScrape[],
  { intervalMs, fromMs, toMs, watchedToMs }: Watch,
): MissedScrape[] {
  const untilMs = next ? next.dueMs + jitterOf(intervalMs) : watchedToMs;
  const count = Math.max(0, Math.floor((untilMs - dueMs) / intervalMs) - 1);
  const missed = {
    fromMs: scrape?.atMs ?? dueMs,
    ...(next?.scrape ? { toMs: next.scrape.atMs } : {}),
    ...(scrape ? { before: scrape.by } : {}),
  };
  const failed = seen.filter(
    ({ atMs, isAnswered }) =>
      !isAnswered && atMs > missed.fromMs && atMs < (missed.toMs ?? watchedToMs),
  ).length;
  return Array.from({ length: count }, (_, i) => dueMs + (i + 1) * intervalMs)
    .filter((atMs) => atMs >= fromMs && atMs <= toMs)
    .map((atMs, _, { length: scrapes }) => ({
      dueMs: atMs,
      missed: { ...missed, scrapes, failed },
    }));
}
