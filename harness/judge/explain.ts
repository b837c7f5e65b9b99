import type { Evidence, ItemEvidence, TraceEvidence } from '../evidence/types.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { Scenario } from '../scenario/types.ts';
import { type DecisionStory, tellDecision } from './arithmetic.ts';
import type { Bucket, Difference, ItemAccount, TraceAccount } from './ledger/account.ts';
import { type Alteration, createAlterationReader } from './ledger/altered.ts';
import type { Arrival } from './ledger/arrival.ts';
import { accountItem } from './ledger/bucket.ts';
import { type JudgeContext, prepare } from './ledger/context.ts';
import { createFactReader, type FactReader, filterFacts } from './ledger/reader.ts';
import { viewItem } from './ledger/sightings.ts';
import { type StayAccount, wholeWaitMs } from './ledger/stay.ts';
import { accountTrace } from './ledger/trace.ts';
import { hopName } from './model/path.ts';
import { type Lane, lanesOf } from './routes/lanes.ts';

/** Everything that the evidence tells of one trace. Moments are milliseconds since the start. */
export interface TraceStory {
  /** Where spans have several ways, or several samplers on one: the end of the one that is told. */
  readonly to: string | undefined;
  readonly traceId: string;
  readonly className: string;
  /** Every span that was not late on purpose is at the backend. */
  readonly kept: boolean;
  /** Why it is not kept; undefined where it is. */
  readonly difference: Difference | undefined;
  /** The policies over the whole planned trace; undefined without tail sampling. */
  readonly intent: DecisionStory | undefined;
  readonly stays: readonly StayStory[];
  readonly spans: readonly ItemStory[];
  readonly logs: readonly ItemStory[];
}

/** What one gateway process held of the trace, and what it had to decide. */
export interface StayStory {
  readonly pod: string;
  /** Counts the containers of that pod's name from 0. */
  readonly life: number;
  readonly ending: StayAccount['incarnation']['ending'];
  readonly endedMs: number | undefined;
  readonly enteredMs: number;
  readonly waitMs: number;
  readonly decidedFromMs: number;
  readonly decidedToMs: number;
  /** The process's own decision clock could be read off its emissions. */
  readonly clockKnown: boolean;
  readonly fate: StayAccount['fate'];
  readonly ambiguous: boolean;
  readonly held: number;
  readonly late: number;
  /** Undefined where nothing was decided. */
  readonly decision: DecisionStory | undefined;
}

export interface ItemStory {
  readonly spanId: string;
  readonly name: string;
  readonly service: string;
  readonly statusCode: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly late: boolean;
  readonly block: {
    readonly block: number;
    readonly dueMs: number;
    readonly sentMs: number | undefined;
    readonly node: string;
  };
  /** In the order of its way; within a hop in the order of time. */
  readonly hops: readonly HopStory[];
  readonly bucket: Bucket;
  readonly indeterminate: boolean;
  readonly alterations: readonly Alteration[];
}

/** One attempt to hand an item to the next process. */
export interface HopStory {
  /** `agent→gateway` */
  readonly hop: string;
  readonly pod: string | undefined;
  /** The record in which it was seen; undefined where only the sender's word tells. */
  readonly record: string | undefined;
  readonly request: number | undefined;
  readonly atMs: number;
  readonly answeredMs: number;
  readonly kind: Arrival['kind'];
  readonly missing: boolean;
  readonly message: string;
}

export type Told =
  /** One a way; a part of one that never saw the trace tells nothing. */
  | { readonly stories: readonly TraceStory[] }
  /** No such trace was planned: ids of some that were. */
  | { readonly examples: readonly string[] };

const exampleCount = 2;

/**
 * Tells the story of one trace, as the judge sees it. All traces are accounted for on the way, so
 * that what collectors said they dropped is charged to the same items as in the verdict.
 */
export async function explainTrace(
  scenario: Scenario,
  pipeline: Pipeline,
  evidence: Evidence,
  traceId: string,
): Promise<Told> {
  const stories: TraceStory[] = [];
  const examples: string[] = [];
  const lanes = lanesOf(pipeline, evidence, scenario.expect);
  for (const lane of lanes) {
    const context = await prepare(scenario, lane.pipeline, lane.evidence, lane);
    const facts = createFactReader(context);
    let found: TraceAccount | undefined;
    for await (const trace of lane.evidence.traces()) {
      if (examples.length < exampleCount) examples.push(trace.traceId);
      const account = accountTrace(context, facts, trace);
      if (trace.traceId === traceId) found = account;
    }
    if (found) stories.push(await tell(context, facts, found, lane));
  }
  return stories.length > 0 ? { stories } : { examples };
}

async function tell(
  context: JudgeContext,
  facts: FactReader,
  account: TraceAccount,
  { name, watches }: Lane,
): Promise<TraceStory> {
  const { trace, kept, difference, stays, spans } = account;
  const { sampling } = context;
  const views = spans.map(({ view }) => view);
  const reader = createAlterationReader(context, context.paths.traces, 'traces');
  return {
    to: name || undefined,
    traceId: trace.traceId,
    className: trace.className,
    kept,
    difference,
    intent: sampling && tellDecision(sampling, trace.traceId, views.map(facts.planned.facts)),
    stays: stays.map((stay) => tellStay(context, facts, account, stay)),
    spans: spans.map((span) =>
      tellItem(context, 'traces', span, reader.alterations(span.view).found),
    ),
    logs: watches.has('logs') ? await tellLogs(context, trace) : [],
  };
}

function tellStay(
  context: JudgeContext,
  facts: FactReader,
  { trace, spans }: TraceAccount,
  stay: StayAccount,
): StayStory {
  const { key, life, ending } = stay.incarnation;
  const { sampling, samplerStep, evidence } = context;
  const since = (atMs: number): number => atMs - evidence.facts.startMs;
  const known = spans.filter(
    ({ view: { item } }) => stay.held.size === 0 || stay.held.has(item.item),
  );
  const arrivals = known.flatMap(({ view }) =>
    (view.arrivals[samplerStep] ?? []).filter(
      (a) => a.incarnation?.key === key && a.kind !== 'refused',
    ),
  );
  const held = spans.flatMap(({ view }) => (stay.held.has(view.item.item) ? view : []));
  return {
    pod: life.pod,
    life: life.life,
    ending,
    endedMs: life.endedMs === undefined ? undefined : since(life.endedMs),
    enteredMs: since(Math.min(...arrivals.map((a) => a.fromMs))),
    waitMs: sampling ? wholeWaitMs(sampling) : 0,
    decidedFromMs: since(stay.decidedFromMs),
    decidedToMs: since(stay.decidedToMs),
    clockKnown: context.ticks.has(key),
    fate: stay.fate,
    ambiguous: stay.ambiguous,
    held: stay.held.size,
    late: stay.late.size,
    decision:
      stay.decision &&
      sampling &&
      tellDecision(sampling, trace.traceId, held.map(facts.arrived.facts)),
  };
}

type Signal = 'traces' | 'logs';
const nanosPerMs = 1e6;

function tellItem(
  context: JudgeContext,
  signal: Signal,
  { view, bucket, indeterminate }: ItemAccount,
  alterations: readonly Alteration[],
): ItemStory {
  const { evidence } = context;
  const { item, block } = view;
  const { facts } = evidence;
  const since = (atMs: number): number => atMs - facts.startMs;
  const hops = [...view.arrivals, view.deliveries].flatMap((arrivals, step) =>
    arrivals
      .map((arrival) => tellHop(context, signal, step, arrival))
      .sort((a, b) => a.atMs - b.atMs),
  );
  const sentMs = block?.outcome?.sentMs;
  return {
    spanId: item.spanId,
    name: nameOf(context, item),
    service: String(evidence.resource(item.resourceId)['service.name'] ?? ''),
    statusCode: item.statusCode,
    fromMs: item.startOffsetNanos / nanosPerMs,
    toMs: item.endOffsetNanos / nanosPerMs,
    late: item.late,
    block: {
      block: item.block,
      dueMs: block?.dueMs ?? 0,
      sentMs: sentMs === undefined ? undefined : since(sentMs),
      node: facts.workerNodes[block?.node ?? -1] ?? '',
    },
    hops,
    bucket,
    indeterminate,
    alterations,
  };
}

const nameOf = ({ evidence }: JudgeContext, { nameId }: ItemEvidence): string =>
  String(evidence.name(nameId).name ?? '');

function tellHop(context: JudgeContext, signal: Signal, step: number, arrival: Arrival): HopStory {
  const { evidence, paths } = context;
  const { sighting, incarnation, kind, missing, message } = arrival;
  const since = (atMs: number): number => atMs - evidence.facts.startMs;
  return {
    hop: hopName(paths[signal], step),
    pod: incarnation?.life.pod,
    record: evidence.recorders.find(({ number }) => number === sighting?.recorder)?.name,
    request: sighting?.request,
    atMs: since(arrival.fromMs),
    answeredMs: since(arrival.toMs),
    kind,
    missing,
    message,
  };
}

/** Log records of the trace; all are accounted for, for the same reason as the traces. */
async function tellLogs(context: JudgeContext, { traceId }: TraceEvidence): Promise<ItemStory[]> {
  const { evidence } = context;
  const path = context.paths.logs;
  const reader = createAlterationReader(context, path, 'logs');
  const logs: ItemStory[] = [];
  for await (const item of evidence.logs()) {
    const view = viewItem(context, path, 'logs', item);
    const facts = filterFacts(context, item, 'logs');
    const account = accountItem(context, path, view, facts, undefined);
    if (item.traceId !== traceId) continue;
    logs.push(tellItem(context, 'logs', account, reader.alterations(view).found));
  }
  return logs;
}
