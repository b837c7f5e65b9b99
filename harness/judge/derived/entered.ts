import type { Evidence, ItemEvidence } from '../../evidence/types.ts';
import type { Derivation } from '../../pipeline/derivations.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { accountItem } from '../ledger/bucket.ts';
import type { JudgeContext } from '../ledger/context.ts';
import { createFactReader, filterFacts, podFacts } from '../ledger/reader.ts';
import { viewItem } from '../ledger/sightings.ts';
import { slackMs } from '../ledger/ticks.ts';
import { accountTrace } from '../ledger/trace.ts';
import { batchedForMs } from '../model/batches.ts';
import type { Counting } from '../model/counted-by.ts';
import { crosses, type EditedItem, editItem } from '../model/edit-item.ts';
import { keyOf } from './observed.ts';

/** How often a label set must have been counted, at least and at most. */
export interface Count {
  sure: number;
  most: number;
  /** What the durations of those that are sure come to. */
  nanos: number;
}

/** What entered a connector. */
export interface Entered {
  /** By metric, in the order of the counting, and label set. */
  readonly counts: readonly Map<string, Count>[];
  readonly sure: number;
  readonly most: number;
  /** Sampled out in front of it. */
  readonly notSampled: number;
  /** Labels of some items can't be told. */
  readonly isOpen: boolean;
  /** Of the exemplars' traces those that nobody planned. */
  readonly strangers: ReadonlySet<string>;
}

/** Accounts for all items of a signal along the way that ends in the connector. */
export async function whatEntered(
  context: JudgeContext,
  derivation: Derivation,
  counting: Counting,
  exemplars: Iterable<string>,
): Promise<Entered> {
  const strangers = new Set(exemplars);
  const counts = counting.metrics.map(() => new Map<string, Count>());
  const sums = { sure: 0, most: 0, notSampled: 0, isOpen: false };
  const bounds = createBounds(context, derivation, counting);
  const editedOf = createEdits(context, derivation);
  for await (const account of accountsOf(context, derivation, context.evidence, strangers)) {
    const { sure, most } = bounds(account);
    if (account.bucket.kind === 'notSampled' && !account.indeterminate) sums.notSampled++;
    if (most === 0) continue;
    sums.sure += sure;
    sums.most += most;
    const { item } = account.view;
    const edited = editedOf(item);
    counting.metrics.forEach(({ labelsOf }, i) => {
      const labels = labelsOf(edited);
      if (labels === 'open') sums.isOpen = true;
      if (labels === undefined || labels === 'open') return;
      const key = keyOf(labels);
      const own = counts[i]?.get(key) ?? { sure: 0, most: 0, nanos: 0 };
      own.sure += sure;
      own.most += most;
      own.nanos += Math.max(0, item.endOffsetNanos - item.startOffsetNanos);
      counts[i]?.set(key, own);
    });
  }
  return { ...sums, counts, strangers };
}

async function* accountsOf(
  context: JudgeContext,
  { signal }: Derivation,
  evidence: Evidence,
  strangers: Set<string>,
): AsyncIterable<ItemAccount> {
  if (signal === 'traces') {
    const facts = createFactReader(context);
    for await (const trace of evidence.traces()) {
      strangers.delete(trace.traceId);
      yield* accountTrace(context, facts, trace).spans;
    }
    return;
  }
  const path = context.paths[signal];
  for await (const item of evidence.logs()) {
    const view = viewItem(context, path, signal, item);
    yield accountItem(context, path, view, filterFacts(context, item, signal), undefined);
  }
}

/** Whether an item surely entered, and how often it may have: once for each time that it came. */
function createBounds(context: JudgeContext, { signal }: Derivation, { withinMs }: Counting) {
  const path = context.paths[signal];
  const { processors = [], sampler = -1 } = path.steps.at(-1) ?? {};
  const decidingMs = sampler < 0 ? 0 : (context.sampling?.decisionWaitMs ?? 0) + 2_000;
  const heldMs = batchedForMs(processors) + decidingMs + withinMs + slackMs;
  const { endMs } = context.evidence.facts;
  return ({ view, bucket, indeterminate }: ItemAccount): Pick<Count, 'sure' | 'most'> => {
    const came = view.arrivals.at(-1)?.filter(({ kind }) => kind !== 'refused') ?? [];
    const isOut = ['filtered', 'notSampled', 'refused', 'notOffered'].includes(bucket.kind);
    if (came.length === 0 || (isOut && !indeterminate)) return { sure: 0, most: 0 };
    // What was counted and not yet handed on is lost at the end (connector.go, Shutdown).
    const isHandedOn = came.some(
      ({ kind, toMs, incarnation }) =>
        kind === 'ok' && toMs + heldMs <= (incarnation?.life.endedMs ?? endMs),
    );
    const isSure = bucket.kind === 'ended' && !indeterminate && isHandedOn;
    return { sure: isSure ? 1 : 0, most: came.length };
  };
}

/** Items as they come to the connector; equal ones are edited once. */
function createEdits(context: JudgeContext, { signal }: Derivation) {
  const processors = context.paths[signal].steps.flatMap((step) => step.processors);
  const isByField = crosses(processors);
  const known = new Map<string, EditedItem>();
  return (item: ItemEvidence): EditedItem => {
    const facts = filterFacts(context, item, signal);
    const { name, kind, statusCode } = facts;
    const field = isByField ? `/${kind}/${statusCode}/${name}` : '';
    const key = `${item.attributesId}/${item.resourceId}/${item.pod}${field}`;
    const around = { signal, pod: podFacts(context, item.pod) };
    const edited = known.get(key) ?? editItem(facts, processors, around);
    known.set(key, edited);
    return isByField ? edited : { ...edited, name, kind, statusCode };
  };
}
