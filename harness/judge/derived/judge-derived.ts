import type { Evidence, MadeSeries } from '../../evidence/types.ts';
import { formatCount } from '../../lib/units.ts';
import { type Derivation, derivationsOf } from '../../pipeline/derivations.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import type { ExpectationOf, Scenario } from '../../scenario/types.ts';
import { type Collector, createCollector } from '../collect.ts';
import { type JudgeContext, prepare } from '../ledger/context.ts';
import { type Counting, countingOf, instanceLabel } from '../model/counted-by.ts';
import { isRemoteWriter } from '../model/outputs.ts';
import { at, tellSetting } from '../model/settings.ts';
import type { CheckResult } from '../types.ts';
import { verdictOf } from '../watch.ts';
import { type Count, type Entered, whatEntered } from './entered.ts';
import { type Observed, observe } from './observed.ts';

type DerivedExpectation = ExpectationOf<'derived'>;

/** What a connector counts equals what entered it, label set by label set. */
export async function judgeDerived(
  scenario: Scenario,
  pipeline: Pipeline,
  evidence: Evidence,
  expectation: DerivedExpectation,
): Promise<CheckResult[]> {
  const derivations = derivationsOf(pipeline, expectation.from);
  if (derivations.length === 0) {
    const why = `no connector ${expectation.from} makes metrics of spans or log records`;
    return [resultOf(expectation, expectation.from, open('pipeline', '', [why]))];
  }
  const results: CheckResult[] = [];
  for (const derivation of derivations) {
    const context = await prepare(scenario, derivation.pipeline, evidence);
    results.push(await judgeOne(context, derivation, expectation));
  }
  return results;
}

interface Outcome {
  readonly failed: boolean;
  readonly open: boolean;
  readonly observed: string;
  readonly collector: Collector;
}

const resultOf = (
  { counts }: DerivedExpectation,
  subject: string,
  { failed, open: isOpen, observed, collector }: Outcome,
): CheckResult => ({
  name: 'derived',
  subject,
  verdict: verdictOf(failed, isOpen),
  expected: `counts equal what ${counts === 'all' ? 'was sent' : 'entered it'}, by their labels`,
  observed,
  findings: collector.findings(),
});

/** What can't be followed, each by its name. */
function open(hop: string, component: string, reasons: readonly string[]): Outcome {
  const collector = createCollector();
  for (const cause of reasons) collector.add({ kind: 'not-modelled', hop, component, cause });
  return { failed: false, open: true, observed: reasons.join('; '), collector };
}

async function judgeOne(
  context: JudgeContext,
  derivation: Derivation,
  expectation: DerivedExpectation,
): Promise<CheckResult> {
  const { connector, tier, signal } = derivation;
  const component = `${tier.name}/${connector.id}`;
  const counting = countingOf(connector, signal);
  const made = context.evidence.series;
  const gaps = gapsOf(context, derivation, counting);
  if (!made || gaps.length > 0) {
    const why = made ? [] : ['nobody looked for what collectors count'];
    return resultOf(expectation, connector.id, open(tier.name, component, [...why, ...gaps]));
  }
  const targets = targetsOf(context, derivation);
  const recorders = new Set([...targets.values()].flatMap((own) => [...own]));
  const exemplars = made.exemplars.flatMap((one) =>
    recorders.has(one.recorder) ? one.traceId : [],
  );
  const entered = await whatEntered(context, derivation, counting, exemplars);
  const collector = createCollector();
  const common = { hop: tier.name, component };
  const compared = [...targets].map(([target, own]) =>
    compare(
      { ...common, target, connector: derivation.connector, behind: derivation.processors },
      counting,
      made,
      own,
      entered,
      collector,
    ),
  );
  if (expectation.counts === 'all' && entered.notSampled > 0) {
    collector.add({
      ...common,
      kind: 'derived-of-sampled',
      cause: `counts what is left of ${signal}`,
      why: `it stands behind ${context.paths[signal].steps
        .flatMap(({ processors }) => processors.filter(({ type }) => type === 'tail_sampling'))
        .map(({ id, place }) => `${id} (${at(place)})`)
        .join(', ')}`,
      count: entered.notSampled,
    });
  }
  if (entered.strangers.size > 0) {
    collector.add({
      ...common,
      kind: 'never-planned',
      cause: 'exemplars name strange traces',
      count: entered.strangers.size,
    });
  }
  const failed = collector.count > 0;
  const unsure = whyUnsure(entered, counting);
  if (!failed && unsure !== undefined) {
    return resultOf(expectation, connector.id, open(tier.name, component, [unsure]));
  }
  const all = compared.reduce((sum, one) => sum + one, 0);
  return resultOf(expectation, connector.id, {
    failed,
    open: false,
    collector,
    observed: `${formatCount(entered.sure)} of ${signal} entered, ${formatCount(all)} label sets compared`,
  });
}

/** Nothing proved, or too little: a pass of that would be empty. */
function whyUnsure({ sure, most, isOpen }: Entered, { withinMs }: Counting): string | undefined {
  if (isOpen) return 'a label is made of what is not modelled';
  if (sure * 2 >= most && sure > 0) return undefined;
  const lasting = `settle: ${Math.ceil(withinMs / 1_000) + 5}s`;
  return `of ${formatCount(most)} that may have entered ${formatCount(sure)} are sure: give it ${lasting}`;
}

/** Processors of metrics that leave series and values what they are, or make deltas cumulative. */
const harmless = new Set([
  'batch',
  'memory_limiter',
  'resource',
  'k8s_attributes',
  'resourcedetection',
  'deltatocumulative',
]);

function gapsOf(context: JudgeContext, derivation: Derivation, counting: Counting): string[] {
  const { signal, connector } = derivation;
  const path = context.paths[signal];
  const processors = path.steps.flatMap((step) => step.processors);
  const extrapolates =
    connector.type === 'span_metrics' &&
    processors.some(({ type }) => type === 'probabilistic_sampler');
  return [
    ...derivation.unclear,
    ...counting.unmodelled.map((what) => `${connector.id}: ${what}`),
    ...path.unclear.map(({ hop, why }) => `${signal} at ${hop}: ${why}`),
    ...path.unmodelled.map(({ component: { id } }) => `${id} in front of it`),
    ...(extrapolates ? ['a sampler in front of it, by whose share it extrapolates'] : []),
    ...derivation.processors.flatMap(({ type, id }) =>
      harmless.has(type) ? [] : [`${id} behind it`],
    ),
    ...(path.ends.length === 0 ? ['no way leads to it'] : []),
    ...(targetsOf(context, derivation).size === 0 ? ['it is recorded nowhere behind it'] : []),
    ...(context.evidence.series?.isWhole === false
      ? ['too many series came to keep them all']
      : []),
  ];
}

/** Where its metrics go by OTLP, with the recorders in front of that. */
function targetsOf(
  { evidence, pipeline }: JudgeContext,
  { outputs }: Derivation,
): Map<string, ReadonlySet<number>> {
  const found = new Map<string, ReadonlySet<number>>();
  for (const output of outputs) {
    if (isRemoteWriter(output)) continue;
    const { to } = output;
    const name = 'backend' in to ? to.backend : to.tier;
    const own = evidence.recorders.flatMap(({ hop, number, complete }) =>
      complete && Object.values(hop).includes(name) && !('files' in hop || 'target' in hop)
        ? number
        : [],
    );
    if (own.length > 0 && pipeline.tiers.length > 0) found.set(name, new Set(own));
  }
  return found;
}

interface Place {
  readonly hop: string;
  readonly component: string;
  readonly target: string;
  readonly connector: Derivation['connector'];
  /** What its metrics go through. */
  readonly behind: Derivation['processors'];
}

/** @returns how many label sets were compared */
function compare(
  { target, connector, behind, ...common }: Place,
  counting: Counting,
  made: MadeSeries,
  recorders: ReadonlySet<number>,
  entered: Entered,
  collector: Collector,
): number {
  let compared = 0;
  counting.metrics.forEach(({ metric, unitNanos }, i) => {
    const seen = observe(made, metric, recorders);
    if (seen.colliding.length > 0) {
      collector.add({
        ...common,
        kind: 'derived-collides',
        cause: `${metric} at ${target}: several processes write one series`,
        why: `no label such as ${instanceLabel} tells them apart`,
        count: seen.colliding.length,
      });
      return;
    }
    const counts = entered.counts[i] ?? new Map<string, Count>();
    for (const key of new Set([...counts.keys(), ...seen.byLabels.keys()])) {
      compared++;
      const wrong = whatIsWrong(counts.get(key), seen.byLabels.get(key), unitNanos);
      if (wrong === undefined) continue;
      collector.add({
        ...common,
        kind: 'derived-miscounted',
        cause: `${metric} at ${target}`,
        why: whyMiscounted(seen, connector, behind),
        example: { traceId: '', note: `${tellKey(key)}: ${wrong}` },
      });
    }
  });
  return compared;
}

const tellKey = (key: string): string =>
  (JSON.parse(key) as [string, unknown][]).map(([name, value]) => `${name}=${value}`).join(', ');

function whatIsWrong(
  { sure, most, nanos }: Count = { sure: 0, most: 0, nanos: 0 },
  { value, sum }: { readonly value: number; readonly sum: number } = { value: 0, sum: 0 },
  unitNanos?: number,
): string | undefined {
  const range = sure === most ? formatCount(sure) : `${formatCount(sure)} to ${formatCount(most)}`;
  if (value < sure || value > most) return `expected ${range}, found ${formatCount(value)}`;
  if (unitNanos === undefined || sure !== most) return undefined;
  const expected = nanos / unitNanos;
  const isSame = Math.abs(sum - expected) <= 1e-6 * Math.max(1, expected);
  return isSame ? undefined : `expected durations of ${expected} in all, found ${sum}`;
}

function whyMiscounted(
  { overflows, refused, isDelta }: Observed,
  connector: Derivation['connector'],
  behind: Derivation['processors'],
): string | undefined {
  if (overflows) return tellSetting(connector, 'aggregation_cardinality_limit', 'none');
  // The deltas of `count` have the times of their spans (countconnector v0.152.0, counter.go), and
  // what is older than the last is dropped (deltatocumulativeprocessor, internal/delta/delta.go).
  const adder = behind.find(({ type }) => type === 'deltatocumulative');
  if (adder && connector.type === 'count') {
    return `${adder.id} (${at(adder.place)}) drops deltas that come out of order`;
  }
  if (refused === 0) return undefined;
  const points = `${formatCount(refused)} points were refused`;
  return isDelta ? `${points}: they are deltas` : points;
}
