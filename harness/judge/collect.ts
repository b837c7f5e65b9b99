import type { FindingKind } from './findings.ts';
import { findings } from './findings.ts';
import type { Example, Finding, Gap } from './types.ts';

/** Findings of one check, grouped by what they have in common; a few examples of each are kept. */
export interface Collector {
  add(entry: Entry): void;
  readonly count: number;
  findings(): Finding[];
}

export interface Entry {
  readonly kind: FindingKind;
  readonly hop: string;
  readonly component?: string;
  readonly cause: string;
  readonly why?: string | undefined;
  readonly example?: Example;
  /** When the item was sent, or the thing happened. */
  readonly atMs?: number | undefined;
  readonly fix?: string | undefined;
  readonly gap?: Gap;
  readonly count?: number;
}

const keptExamples = 5;

interface Group {
  readonly entry: Entry;
  count: number;
  fromMs: number;
  toMs: number;
  readonly examples: Example[];
}

export function createCollector(): Collector {
  const groups = new Map<string, Group>();
  let total = 0;
  return {
    get count() {
      return total;
    },
    add: (entry) => {
      const key = [entry.kind, entry.hop, entry.component ?? '', entry.cause, entry.why ?? ''].join(
        '|',
      );
      const group = groups.get(key) ?? newGroup(entry);
      groups.set(key, group);
      group.count += entry.count ?? 1;
      total += entry.count ?? 1;
      if (entry.atMs !== undefined) {
        group.fromMs = Math.min(group.fromMs, entry.atMs);
        group.toMs = Math.max(group.toMs, entry.atMs);
      }
      if (entry.example && group.examples.length < keptExamples) group.examples.push(entry.example);
    },
    findings: () =>
      [...groups.values()].sort((a, b) => b.count - a.count).map((group) => toFinding(group)),
  };
}

/** The one finding of one thing. */
export function findingsOf(entry: Entry): Finding[] {
  const collector = createCollector();
  collector.add(entry);
  return collector.findings();
}

const newGroup = (entry: Entry): Group => ({
  entry,
  count: 0,
  fromMs: Number.POSITIVE_INFINITY,
  toMs: Number.NEGATIVE_INFINITY,
  examples: [],
});

function toFinding({ entry, count, fromMs, toMs, examples }: Group): Finding {
  return {
    kind: entry.kind,
    hop: entry.hop,
    component: entry.component ?? '',
    cause: entry.cause,
    ...(entry.why === undefined ? {} : { why: entry.why }),
    count,
    window: Number.isFinite(fromMs) ? { fromMs, toMs } : null,
    examples,
    fix: entry.fix ?? findings[entry.kind].fix,
    ...(entry.gap ? { gap: entry.gap } : {}),
  };
}
