import type { FindingKind } from '../findings.ts';
import type { CheckResult, Finding } from '../types.ts';

/** What brings about what: a row above explains those below it, never the other way round. */
interface Row {
  readonly causes: readonly FindingKind[];
  readonly explains: readonly FindingKind[];
  /** Whether the cause must be at a tier that the other finding names as well, or of such items. */
  readonly where: 'same tier' | 'same items' | 'anywhere';
}

/** What a trace leaves behind that did not come whole to one process that remembers it. */
const parted: readonly FindingKind[] = [
  'decided-before-complete',
  'late-span-lost',
  'late-span-orphaned',
  'visible-too-late',
];
/** What senders do with what a process in front of them does not take. */
const pushedBack: readonly FindingKind[] = [
  'refused-by-gateway',
  'dropped-by-exporter',
  'refused-at-entry',
];

/**
 * The order of causes. That some are lost says nothing of late spans of others, nor of how soon
 * they can be queried: each check blames whoever took an item, and only what leaves traces in
 * parts, or takes memory away, is behind both.
 */
export const rows: readonly Row[] = [
  {
    causes: ['oom-killed'],
    explains: [
      'restarted',
      'held-by-killed',
      'queue-gone-with-pod',
      'not-scraped',
      'not-tailed',
      'scrape-missed',
    ],
    where: 'same tier',
  },
  {
    causes: ['restarted'],
    explains: ['held-by-killed', 'queue-gone-with-pod', 'not-tailed', 'scrape-missed'],
    where: 'same tier',
  },
  {
    causes: ['scraped-twice'],
    explains: ['refused-by-backend', 'dropped-by-exporter'],
    // That metric points come twice is no reason to refuse spans.
    where: 'same items',
  },
  {
    causes: ['oom-killed', 'restarted'],
    explains: ['cut-by-restart', 'split-by-outage', ...pushedBack, 'duplicated', ...parted],
    where: 'anywhere',
  },
  { causes: ['ring-of-one-address'], explains: ['trace-split-across-gateways'], where: 'anywhere' },
  {
    causes: ['ring-of-one-address', 'trace-split-across-gateways'],
    explains: parted,
    where: 'anywhere',
  },
  { causes: ['ring-empty-at-start'], explains: pushedBack, where: 'anywhere' },
  {
    causes: ['stale-ring'],
    explains: [
      'cut-by-restart',
      'split-by-outage',
      'trace-split-across-gateways',
      ...pushedBack,
      'duplicated',
      ...parted,
    ],
    where: 'anywhere',
  },
  { causes: ['held-by-killed', 'cut-by-restart'], explains: ['duplicated'], where: 'same tier' },
  {
    causes: [
      'held-by-killed',
      'cut-by-restart',
      'queue-gone-with-pod',
      'queue-left-behind',
      ...pushedBack,
    ],
    explains: ['split-by-outage'],
    where: 'anywhere',
  },
  { causes: ['refused-by-backend'], explains: pushedBack, where: 'anywhere' },
  {
    causes: ['refused-by-gateway'],
    explains: ['dropped-by-exporter', 'refused-at-entry'],
    where: 'anywhere',
  },
  { causes: ['evicted-before-decision'], explains: parted, where: 'same tier' },
  {
    causes: ['held-by-killed', 'cut-by-restart', 'split-by-outage', 'split-by-refusal'],
    explains: parted,
    where: 'anywhere',
  },
  { causes: ['decided-before-complete'], explains: ['visible-too-late'], where: 'anywhere' },
];

/** Nothing at all could go well. */
const first: readonly FindingKind[] = ['config-rejected', 'component-not-in-image', 'never-ready'];
/** What is seen at the end of the way, where nothing else is known to be behind it. */
const last: readonly FindingKind[] = [
  'duplicated',
  'altered',
  'late-span-lost',
  'late-span-orphaned',
  'visible-too-late',
  'not-in-backend',
  'not-scraped',
];
/** They say what can't be told, and accuse nobody. */
const open: ReadonlySet<FindingKind> = new Set<FindingKind>([
  'evidence-missing',
  'load-not-offered',
  'machine-starved',
  'still-retrying',
  'fault-did-not-bite',
  'not-modelled',
]);

/** One finding with the check that made it. */
export interface Told {
  readonly check: CheckResult;
  readonly finding: Finding;
}

/** What is to blame, and what it did: `k6: sent more than 1.0 s late`. */
export const inShort = ({ component, cause }: Finding): string =>
  [component, cause].filter((text) => text !== '').join(': ');

/** Says of each finding what it follows from. Those of a check that passed explain nothing. */
export function relate(results: readonly CheckResult[]): CheckResult[] {
  const causes = results.flatMap(({ verdict, findings }) => (verdict === 'pass' ? [] : findings));
  return results.map((result) => ({
    ...result,
    findings: result.findings
      .map((finding) => {
        const cause = causeOf(finding, causes);
        if (!cause) return finding;
        return { ...finding, follows: { kind: cause.kind, component: cause.component } };
      })
      .sort((a, b) => Number(a.follows !== undefined) - Number(b.follows !== undefined)),
  }));
}

/**
 * All findings, the cause before what follows from it: what the bench itself failed at, then what
 * failed, by how much each explains, then what is open.
 */
export function inOrder(results: readonly CheckResult[]): Told[] {
  const told = results.flatMap((check) => check.findings.map((finding) => ({ check, finding })));
  const explained = countExplained(told.map(({ finding }) => finding));
  const keyOf = ({ check, finding }: Told): number[] => [
    standingOf(check, finding),
    finding.follows ? 1 : 0,
    rankOf(finding),
    -(explained.get(nameOf(finding)) ?? 0),
  ];
  const keyed = told.map((one) => ({ one, key: keyOf(one) }));
  keyed.sort((a, b) => {
    const at = a.key.findIndex((value, i) => value !== b.key[i]);
    return at < 0 ? 0 : (a.key[at] ?? 0) - (b.key[at] ?? 0);
  });
  return keyed.map(({ one }) => one);
}

function standingOf({ verdict }: CheckResult, { kind, gap }: Finding): number {
  if (gap === 'bench') return 0;
  if (verdict === 'fail') return open.has(kind) ? 2 : 1;
  return verdict === 'unknown' ? 3 : 4;
}

function rankOf({ kind }: Finding): number {
  if (first.includes(kind)) return 0;
  return last.includes(kind) ? 2 : 1;
}

/** How many items each kind at each place took, with what follows from it. */
function countExplained(all: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  const followsOf = new Map(all.map((finding) => [nameOf(finding), finding.follows]));
  for (const finding of all) {
    for (let at: Finding['follows'] = finding; at; at = followsOf.get(nameOf(at))) {
      counts.set(nameOf(at), (counts.get(nameOf(at)) ?? 0) + finding.count);
    }
  }
  return counts;
}

const nameOf = ({ kind, component }: Pick<Finding, 'kind' | 'component'>): string =>
  `${kind}|${component}`;

/** The uppermost row that explains it; of several causes the one that took most. */
function causeOf(finding: Finding, all: readonly Finding[]): Finding | undefined {
  for (const { causes, explains, where } of rows) {
    if (!explains.includes(finding.kind)) continue;
    const found = all.filter(
      (cause) =>
        causes.includes(cause.kind) &&
        (where !== 'same tier' || shareTier(cause, finding)) &&
        (where !== 'same items' || cause.cause === finding.cause) &&
        mayPrecede(cause, finding),
    );
    if (found.length > 0) return found.reduce((a, b) => (b.count > a.count ? b : a));
  }
  return undefined;
}

/** Tiers that a finding names: `agent→gateway`, `gateway/tail_sampling`. */
const tiersOf = ({ hop, component }: Finding): string[] =>
  [...hop.split('→'), component.split('/')[0] ?? ''].filter((name) => name !== '');

function shareTier(a: Finding, b: Finding): boolean {
  const tiers = new Set(tiersOf(a));
  return tiersOf(b).some((name) => tiers.has(name));
}

/** So long before an item is held to be concerned that a cause is seen to begin. */
const graceMs = 1_000;

/** A refusal is of the moment of sending: one that began before the cause has another. */
function mayPrecede(cause: Finding, { kind, window }: Finding): boolean {
  if (kind !== 'refused-at-entry' || !window || !cause.window) return true;
  return window.fromMs >= cause.window.fromMs - graceMs;
}
