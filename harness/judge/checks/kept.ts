import { formatCount, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector, type Entry } from '../collect.ts';
import type { Difference, TraceAccount } from '../ledger/account.ts';
import { type Answers, createTally } from '../story/blame.ts';
import { blame } from '../story/describe-blame.ts';
import {
  concludesFromAbsenceInTime,
  intentOf,
  isFiltered,
  type JudgeContext,
  verdictOf,
  type Watcher,
} from '../watch.ts';
import { refutedBy, type Tally } from './arrived.ts';
import { createExcepted } from './ceiling.ts';
import { createPartedRequests } from './parted-requests.ts';
import { contradicts, describePolicies, describeSuspects } from './promise.ts';

type KeptExpectation = ExpectationOf<'kept'>;

/**
 * Causes that say nothing about the pipeline: what was not offered, not recorded, or cut short by
 * the bench's own stop.
 */
export const leadsToUnknown: ReadonlySet<string> = new Set([
  'load-not-offered',
  'evidence-missing',
  'still-retrying',
]);

/** What a policy's doing looks like, or a model of it that is wrong. */
const ofPolicies: ReadonlySet<string> = new Set([
  'promise-not-configured',
  'altered',
  'wrong-decision',
]);

interface Counts extends Tally {
  traces: number;
  kept: number;
  open: number;
  /** Traces that the policies keep. */
  promised: number;
  /** Traces of which it is not known whether the policies keep them. */
  unknown: number;
  unsure: number;
  wrong: number;
  /** Traces that a limit turned away, by the policy that has it. */
  readonly turnedAway: Map<string, number>;
  /** Traces that no policy but one with a limit kept. */
  readonly letThrough: Map<string, number>;
}

/**
 * What the author was promised of a class, whatever the configuration says. Three questions: does
 * what arrived refute the promise, do the policies say what was promised, and is each trace that
 * they keep whole at the backend?
 */
export function createKeptCheck(expectation: KeptExpectation, context: JudgeContext): Watcher {
  const { class: name, share, except } = expectation;
  const broken = createCollector();
  /** Traces that may have been meant, and went on their way. */
  const astray = createCollector();
  const excepted = createExcepted(expectation.atMost);
  const counts = noCounts();
  const examples: Record<'absent' | 'present', string[]> = { absent: [], present: [] };
  const answers = createTally();
  const parted = createPartedRequests(context);
  return {
    openedBy: concludesFromAbsenceInTime,
    trace: ({ account }) => {
      if (account.trace.className !== name) return;
      const whole = account.kept;
      counts.traces++;
      answers.add(account.intent);
      if (whole) counts.kept++;
      if (account.wrong.length > 0) counts.wrong++;
      const meant = meantOf(context, account, share);
      if (isOpen(meant)) counts.unknown++;
      if (meant === 'sampled') counts.promised++;
      else examples[whole ? 'present' : 'absent'].push(...firstFew(examples, whole, account));
      if (meant !== 'sampled') parted.take(account);
      const { difference } = account;
      if (whole) countLimits(counts.letThrough, account, true);
      if (whole || !difference) return;
      const isExcepted = (except as readonly string[]).includes(difference.cause);
      if (isExcepted || leadsToUnknown.has(difference.cause)) counts.open++;
      countLimits(counts.turnedAway, account, false);
      // What does not come breaks no promise that none does.
      const entry = share > 0 ? entryOf(name, account, difference) : undefined;
      if (!entry) return;
      // Of a class that is promised whole each trace is, whatever the policies mean.
      if (meant !== 'sampled' && !(isOpen(meant) && share === 1)) {
        const isOfWay = isOpen(meant) && !ofPolicies.has(difference.cause);
        if (isOfWay && !isExcepted && !leadsToUnknown.has(difference.cause)) astray.add(entry);
        return;
      }
      if (isExcepted) {
        excepted.take(difference.cause, entry);
        return;
      }
      if (leadsToUnknown.has(difference.cause)) counts.unsure++;
      broken.add(entry);
    },
    finish: () => {
      const foundBefore = broken.count - counts.unsure;
      const arrived = refutedBy(counts, share);
      const entry =
        byPolicies(context, expectation, counts, examples.absent, answers) ??
        (foundBefore === 0
          ? byArrivals(context, expectation, counts, examples, answers)
          : undefined);
      const isOfWay = arrived === 'too little' && isMadeUpFor(counts, astray.count, share);
      const cause = parted.insteadOf(entry, { ...counts, className: name, share }) ?? entry;
      if (cause && !isOfWay) broken.add(cause);
      const found = [...broken.findings(), ...(entry && isOfWay ? astray.findings() : [])];
      // Where the policies are not modelled, nobody knows how many they mean to keep.
      const beyond = excepted.beyond(counts.promised > 0 ? counts.promised : counts.traces);
      // The exceptions swallowed the whole class: what is left proves nothing.
      const swallowed = counts.promised > 0 && excepted.count === counts.promised;
      // With so few traces an honest 5 % may keep none, and so may a mistaken 0.05 %.
      const none = counts.unknown > 0 ? counts.kept === 0 : counts.promised === 0;
      const tooFew = share > 0 && none && !contradicts(0, counts.traces, share);
      const tooFewText = tooFew ? ': too few traces to tell' : '';
      const why = swallowed ? ': every promised trace is excepted' : tooFewText;
      const onlyUnsure = broken.count > 0 && broken.count === counts.unsure;
      const hangs = counts.unknown > 0 && arrived === 'open';
      return {
        name: 'kept',
        subject: name,
        verdict: verdictOf(
          (found.length > 0 && !onlyUnsure) || beyond.length > 0,
          hangs || onlyUnsure || swallowed || tooFew || counts.traces === 0,
        ),
        expected: `${formatShare(share)} of class ${name}`,
        observed: `${formatCount(counts.kept)} of ${formatCount(counts.traces)} traces whole at ${expectation.at ?? 'the backend'} (${formatShare(counts.kept / Math.max(1, counts.traces))})${excepted.note}${why}`,
        findings: [...found, ...beyond],
      };
    },
  };
}

/** Of a class that is not to come nobody asks what policies would make of what a filter drops. */
const meantOf = (context: JudgeContext, account: TraceAccount, share: number) =>
  share === 0 && isFiltered(account) ? 'not-sampled' : intentOf(context, account);

/** With those that went on their way it would have been what was promised. */
const isMadeUpFor = (counts: Counts, astray: number, share: number): boolean =>
  refutedBy({ ...counts, open: counts.open + astray }, share) !== 'too little';

/** What a trace that should have come lacks; nothing where no policy was to keep it. */
function entryOf(
  className: string,
  { trace, spans }: TraceAccount,
  difference: Difference,
): Entry | undefined {
  const { cause: kind, hop, component, detail, why: because, fix } = difference;
  if (kind === 'not-sampled') return undefined;
  // What the configuration says is the same of every trace.
  const told = kind === 'promise-not-configured' ? detail : undefined;
  return {
    kind,
    hop,
    component,
    why: because,
    fix,
    cause: told === undefined ? `class ${className}` : `class ${className}: ${told}`,
    example: { traceId: trace.traceId, note: detail },
    atMs: spans[0]?.view.block?.outcome?.sentMs,
  };
}

const noCounts = (): Counts => ({
  traces: 0,
  kept: 0,
  open: 0,
  promised: 0,
  unknown: 0,
  unsure: 0,
  wrong: 0,
  turnedAway: new Map(),
  letThrough: new Map(),
});

const keptExamples = 5;

/** Not known, or by what else was decided before. */
const isOpen = (meant: string | undefined): boolean => meant === 'unknown' || meant === 'open';

/** Counts a trace for each policy whose limit answered so, or whose setting gave it up. */
function countLimits(by: Map<string, number>, { stays }: TraceAccount, passed: boolean): void {
  const policies = stays.flatMap(({ decision }) => {
    const { outcome, policy, asked = [] } = decision ?? {};
    if (!passed && outcome === 'not-sampled' && policy !== undefined) return policy;
    return asked.flatMap((limit) => (limit.answer === passed ? limit.policy : []));
  });
  for (const policy of new Set(policies)) by.set(policy, (by.get(policy) ?? 0) + 1);
}

const firstFew = (
  examples: Record<'absent' | 'present', string[]>,
  whole: boolean,
  { trace }: TraceAccount,
): string[] =>
  examples[whole ? 'present' : 'absent'].length < keptExamples ? [trace.traceId] : [];

/** The policies are known, and keep another share than was promised. */
function byPolicies(
  context: JudgeContext,
  { class: name, share }: KeptExpectation,
  { traces, promised, unknown, turnedAway }: Counts,
  absent: readonly string[],
  answers: Answers,
): Entry | undefined {
  if (unknown > 0 || !contradicts(promised, traces, share)) return undefined;
  const tooLittle = promised / traces < share;
  const droppers = droppersOf(context);
  const { sampling, paths } = context;
  const isTurnedAway = turnedAway.size > 0 && tooLittle;
  const blamed = isTurnedAway
    ? { cause: describeSuspects(sampling, paths.traces, turnedAway, 'too little') }
    : (blame(context, { className: name, share, tooLittle, kept: promised }, answers) ?? {
        cause: describePolicies(
          sampling,
          droppers.map((d) => d.component),
        ),
      });
  return {
    kind: 'promise-not-configured',
    ...placeOf(context, droppers[0]?.name),
    ...blamed,
    cause: `class ${name}: promised ${formatShare(share)}, the policies keep ${formatShare(promised / traces)}: ${blamed.cause}`,
    count: Math.max(1, Math.abs(Math.round(share * traces) - promised)),
    ...(tooLittle && absent[0]
      ? { example: { traceId: absent[0], note: 'not kept by any policy' } }
      : {}),
  };
}

/** What arrived can't come of the promise, whatever the policies are. */
function byArrivals(
  context: JudgeContext,
  { class: name, share }: KeptExpectation,
  counts: Counts,
  examples: Readonly<Record<'absent' | 'present', readonly string[]>>,
  answers: Answers,
): Entry | undefined {
  const arrived = refutedBy(counts, share);
  if (arrived !== 'too little' && arrived !== 'too much') return undefined;
  const { traces, kept, open, unknown, wrong } = counts;
  const seen = arrived === 'too little' ? kept + open : kept;
  const [example] = arrived === 'too little' ? examples.absent : examples.present;
  const limits = arrived === 'too little' ? counts.turnedAway : counts.letThrough;
  const isDecidedWrong = unknown === 0 && wrong > 0;
  const broken = { className: name, share, tooLittle: arrived === 'too little', kept: seen };
  // Where the policies are known and said otherwise, it is none of them.
  const blamed = unknown > 0 && limits.size === 0 ? blame(context, broken, answers) : undefined;
  const suspects = describeSuspects(context.sampling, context.paths.traces, limits, arrived);
  return {
    kind: isDecidedWrong ? 'wrong-decision' : 'promise-not-configured',
    ...placeOf(context, undefined),
    cause: `class ${name}: promised ${formatShare(share)}, ${formatShare(seen / traces)} arrived: ${[blamed?.cause, suspects].filter((text) => text).join('; ')}`,
    fix: blamed?.fix,
    count: Math.max(1, Math.abs(Math.round(share * traces) - seen)),
    ...(example === undefined
      ? {}
      : { example: { traceId: example, note: `${arrived} of its class arrived` } }),
  };
}

/** The sampler, or what else takes traces out. */
function placeOf({ paths, samplerStep, sampling }: JudgeContext, dropper: string | undefined) {
  const tier = paths.traces.steps[samplerStep]?.tier.name ?? '';
  const component = sampling ? `${tier}/${sampling.component.id}` : (dropper ?? 'pipeline');
  return { hop: component.split('/')[0] ?? '', component };
}

/** What else takes traces out, head samplers first. */
function droppersOf({ paths }: JudgeContext) {
  const all = paths.traces.steps.flatMap(({ tier, droppers }) =>
    droppers.map(({ component }) => ({ component, name: `${tier.name}/${component.id}` })),
  );
  const isHead = ({ component }: (typeof all)[number]): boolean =>
    component.type === 'probabilistic_sampler';
  return [...all.filter(isHead), ...all.filter((dropper) => !isHead(dropper))];
}
