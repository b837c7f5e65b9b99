import { type FindingKind, findings } from '../judge/findings.ts';
import { inOrder, inShort } from '../judge/story/order.ts';
import type {
  Accounting,
  CheckResult,
  Example,
  Finding,
  Outcome,
  Verdict,
} from '../judge/types.ts';
import { formatCount } from '../lib/units.ts';

/** What all reports say of a verdict, each in its own form. */

export const marks: Readonly<Record<Outcome, string>> = { pass: '✔', fail: '✘', unknown: '?' };

export const labelOf = ({ name, subject }: CheckResult): string =>
  subject ? `${name} ${subject}` : name;

/** Kinds that a scenario that is broken on purpose must produce; undefined for any other. */
export function wantedKinds({ checks }: Verdict): ReadonlySet<string> | undefined {
  const found = checks.find(({ name }) => name === 'found');
  const named = found?.expected.replace(/^(exactly|first) /, '').split(', ');
  return named && new Set(named.map((one) => one.replace(/ .*/, '')));
}

/** A check that failed, as it must in a scenario that is broken on purpose. */
export const failsAsWanted = (check: CheckResult, wanted: ReadonlySet<string> | undefined) =>
  wanted !== undefined &&
  check.verdict === 'fail' &&
  check.findings.length > 0 &&
  check.findings.every(({ kind }) => wanted.has(kind));

/** The verdict in one sentence, behind what the bench itself failed at. */
export const headline = (verdict: Verdict): string =>
  [benchFailure(verdict), sentence(verdict)].filter((text) => text !== undefined).join(' ');

function sentence(verdict: Verdict): string {
  const { checks } = verdict;
  const found = checks.find(({ name }) => name === 'found');
  // What is not known comes first: what was found, or was not, proves nothing then.
  if (found && verdict.verdict !== 'unknown') {
    const how = found.expected.startsWith('first')
      ? 'that was named first'
      : 'exactly that was found';
    return found.verdict === 'pass'
      ? `Broken on purpose, and ${how}: ${found.observed}.`
      : `Broken on purpose: expected ${found.expected}, found ${found.observed}.`;
  }
  const named = (outcome: Outcome): string[] =>
    checks.filter((check) => check.verdict === outcome).map(labelOf);
  const [failed, unsure] = [named('fail'), named('unknown')];
  const parts = [
    ...(failed.length > 0 ? [`${share(failed, checks)} failed: ${failed.join(', ')}`] : []),
    ...(unsure.length > 0 ? [`${share(unsure, checks)} can’t be told: ${unsure.join(', ')}`] : []),
  ];
  return parts.length > 0 ? `${parts.join('; ')}.` : `All ${checks.length} checks passed.`;
}

const share = (some: readonly string[], all: readonly unknown[]): string =>
  `${some.length} of ${all.length} checks`;

export type Tone = 'good' | 'quiet' | 'bad' | 'warn' | 'odd';

/** One place where spans ended. */
export interface BucketRow {
  readonly key: string;
  readonly label: string;
  readonly count: number;
  readonly tone: Tone;
}

type Common = Pick<
  Accounting,
  'delivered' | 'filtered' | 'ended' | 'lost' | 'refused' | 'unseen' | 'notOffered' | 'unexplained'
> &
  Partial<Pick<Accounting, 'notSampled' | 'routedElsewhere'>>;

/** Every bucket with something in it, and those that must be empty: together they are the plan. */
export function bucketRows(accounting: Common): BucketRow[] {
  const row = (key: string, label: string, count: number, tone: Tone): BucketRow => ({
    key,
    label,
    count,
    tone,
  });
  const { notSampled } = accounting;
  const dropped = Object.entries(notSampled?.byDropPolicy ?? {});
  return [
    row('delivered', 'delivered', accounting.delivered, 'good'),
    ...(notSampled
      ? [row('notSampled', 'not sampled: no policy kept them', notSampled.byNone, 'quiet')]
      : []),
    ...dropped.map(([name, n]) => row('notSampled', `not sampled: dropped by ${name}`, n, 'quiet')),
    ...accounting.filtered.map(({ processor, spans }) =>
      row('filtered', `filtered by ${processor}`, spans, 'quiet'),
    ),
    ...(accounting.routedElsewhere ?? []).map(({ processor, spans }) =>
      row('filtered', `routed elsewhere by ${processor}`, spans, 'quiet'),
    ),
    ...accounting.ended.map(({ exporter, spans }) =>
      row('ended', `ended in ${exporter}, as the config says`, spans, 'quiet'),
    ),
    ...accounting.lost.map(({ hop, cause, spans }) =>
      row('lost', `lost at ${hop}: ${cause}`, spans, 'bad'),
    ),
    ...(accounting.lost.length === 0 ? [row('lost', 'lost', 0, 'bad')] : []),
    row('refused', 'refused; the sender was told', accounting.refused, 'warn'),
    row('unseen', 'unseen: sent, but nothing tells whether it arrived', accounting.unseen, 'warn'),
    row('notOffered', 'not offered by the load', accounting.notOffered, 'warn'),
    row('unexplained', 'unexplained', accounting.unexplained, 'odd'),
  ];
}

/** What became of the spans: one account, or one a way where they have several. */
export const spanAccounts = ({
  accounting,
  routes = [],
}: Pick<Verdict, 'accounting' | 'routes'>): { title: string; accounting: Accounting }[] =>
  routes.length === 0
    ? [{ title: 'spans', accounting }]
    : routes.map((route) => ({ title: `spans to ${route.to}`, accounting: route.accounting }));

/** Findings of one kind at one place, whichever checks made them. */
export interface FindingGroup {
  readonly kind: FindingKind;
  readonly title: string;
  readonly hop: string;
  readonly component: string;
  readonly why: string | undefined;
  readonly fix: string;
  /** `follows from oom-killed at gateway-collector-1`; empty where nothing found is behind it. */
  readonly follows: string;
  /** The scenario is broken on purpose so that this is found. */
  readonly wanted: boolean;
  readonly window: Finding['window'];
  readonly parts: readonly { readonly check: string; readonly finding: Finding }[];
}

/** Groups findings that differ only in the check that made them, the cause before what follows. */
export function groupFindings(verdict: Verdict): FindingGroup[] {
  const wanted = wantedKinds(verdict);
  const groups = new Map<string, { check: string; finding: Finding }[]>();
  for (const { check, finding } of inOrder(verdict.checks)) {
    const { kind, hop, component, why = '', fix } = finding;
    const key = [kind, hop, component, why, fix].join('|');
    groups.set(key, [...(groups.get(key) ?? []), { check: labelOf(check), finding }]);
  }
  return [...groups.values()].flatMap((parts) => {
    const first = parts[0]?.finding;
    if (!first) return [];
    const { kind, hop, component, why, fix } = first;
    const title = findings[kind].title;
    const window = spanOf(parts.map(({ finding }) => finding.window));
    const follows = followsText(first);
    return {
      ...{ kind, title, hop, component, why, fix, follows, window, parts },
      wanted: wanted?.has(kind) ?? false,
    };
  });
}

/** What brought a finding about, in words; empty where nothing found did. */
export const followsText = ({ follows }: Finding): string =>
  follows === undefined
    ? ''
    : `follows from ${follows.kind}${follows.component && ` at ${follows.component}`}`;

/** What the bench itself failed at, said above everything else; undefined where it did its part. */
export function benchFailure({ checks }: Verdict): string | undefined {
  const [top] = inOrder(checks);
  if (top?.finding.gap !== 'bench') return undefined;
  return `The bench itself failed, so what hangs on time is open: ${inShort(top.finding)}.`;
}

/** Examples of a group; several checks may name the same item. */
export function examplesOf({ parts }: FindingGroup, most: number): Example[] {
  const all = parts.flatMap(({ finding }) => finding.examples);
  const byId = new Map(all.map((example) => [`${example.traceId}/${example.spanId}`, example]));
  return [...byId.values()].slice(0, most);
}

const isOfSeries = ({ traceId }: Example): boolean => traceId.includes('{');

/** What an example is called by: a trace and a span in it, or a metric's series and a point. */
export const exampleWords = (example: Example) =>
  isOfSeries(example) ? { whole: 'series', part: 'point' } : { whole: 'trace', part: 'span' };

/** The first example that `explain` can tell of. */
export const explainable = (examples: readonly Example[]): Example | undefined =>
  examples.find((example) => !isOfSeries(example));

function spanOf(windows: readonly Finding['window'][]): Finding['window'] {
  const known = windows.filter((window) => window !== null);
  if (known.length === 0) return null;
  return {
    fromMs: Math.min(...known.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...known.map(({ toMs }) => toMs)),
  };
}

/** Where a finding is, without saying a name twice: `gateway/tail_sampling`. */
export function placeOf({ hop, component }: Pick<Finding, 'hop' | 'component'>): string {
  if (component === '' || component === hop) return hop;
  return component.startsWith(`${hop}/`) || hop === '' ? component : `${hop}, ${component}`;
}

/** The page of a finding's kind, from the repository's root. */
export const pageOf = (kind: FindingKind): string => `harness/judge/findings/${kind}.md`;

/** One fault as it was proved. */
export interface ReceiptRow {
  readonly fault: string;
  readonly pod: string;
  readonly injected: string;
  readonly healed: string;
  readonly bit: boolean;
  readonly proof: string;
}

/** What the receipts say, for a table. @param startMs from when moments are counted */
export function receiptRows({ receipts }: Verdict, startMs: number | undefined): ReceiptRow[] {
  const moment = (value: unknown): string =>
    typeof value !== 'number'
      ? 'never'
      : startMs === undefined
        ? `${new Date(value).toISOString().slice(11, 19)} UTC`
        : seconds(value - startMs);
  return receipts.map((receipt) => {
    const { kind, target, pod, injectedMs, healedMs, bit, proof } = receipt as Record<
      string,
      unknown
    >;
    return {
      fault: `${kind} ${target}`,
      pod: String(pod),
      injected: moment(injectedMs),
      healed: moment(healedMs),
      bit: bit === true,
      proof: Object.entries((proof ?? {}) as object)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    };
  });
}

/** `1.4 s`, counted from the run's start. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** `1.4 s to 2.0 s`, or the one moment; undefined where none is known. */
export function windowText(
  window: Finding['window'],
  startMs: number | undefined,
): string | undefined {
  if (!window || startMs === undefined) return undefined;
  const [from, to] = [seconds(window.fromMs - startMs), seconds(window.toMs - startMs)];
  return from === to ? from : `${from} to ${to}`;
}

export const spans = (count: number): string => `${formatCount(count)} ${plural(count, 'span')}`;

export const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`);
