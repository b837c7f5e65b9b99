/** A run's folder as it lies under `reports/`. */
export interface RunFolder {
  readonly folder: string;
  /** Of the file `pid`, which a run keeps for as long as it goes on; and when it was written. */
  readonly owner: { readonly pid: number; readonly sinceMs: number } | undefined;
  readonly changedMs: number;
  /** What a run needs only while it goes on: sockets, volumes, spilled tables. */
  readonly scratch: readonly { readonly path: string; readonly changedMs: number }[];
}

export interface CleanRules {
  /** Whether recorded runs go as well, and how old one must be. */
  readonly reports: boolean;
  readonly olderThanDays: number;
}

export interface Selection {
  readonly runs: readonly string[];
  readonly scratch: readonly string[];
  readonly live: readonly string[];
}

/**
 * A run makes its folder a moment before it writes its process id, and a stored run may just be
 * judged again: what has changed this lately is nobody's to remove.
 */
const restMs = 60_000;
const dayMs = 86_400_000;

/** Chooses what may go. Nothing of a run whose process lives is ever chosen. */
export function select(
  runs: readonly RunFolder[],
  rules: CleanRules,
  isAlive: (pid: number, sinceMs: number) => boolean,
  nowMs: number,
): Selection {
  const isLive = ({ owner, changedMs }: RunFolder): boolean =>
    owner ? isAlive(owner.pid, owner.sinceMs) : nowMs - changedMs < restMs;
  const dead = runs.filter((run) => !isLive(run));
  const leastAgeMs = Math.max(restMs, rules.olderThanDays * dayMs);
  const old = dead.filter((run) => rules.reports && nowMs - run.changedMs >= leastAgeMs);
  const stay = dead.filter((run) => !old.includes(run));
  return {
    runs: old.map(({ folder }) => folder),
    scratch: stay.flatMap(({ scratch }) =>
      scratch.flatMap(({ path, changedMs }) => (nowMs - changedMs < restMs ? [] : path)),
    ),
    live: runs.filter(isLive).map(({ folder }) => folder),
  };
}
