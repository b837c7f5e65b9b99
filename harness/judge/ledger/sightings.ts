import type { BlockOutcome } from '../../drive/outcomes.ts';
import type { BlockFact, ItemEvidence, RequestFact, Sighting } from '../../evidence/types.ts';
import { isFinal } from '../../lib/otlp/answers.ts';
import type { Signal } from '../../pipeline/types.ts';
import type { SignalPath } from '../model/path.ts';
import type { Arrival, ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';

/** Sorts an item's sightings to the steps of its path. */
export function viewItem(
  context: JudgeContext,
  path: SignalPath,
  signal: Signal,
  item: ItemEvidence,
): ItemView {
  const { evidence } = context;
  const block = evidence.blocks[item.block];
  const arrivals = path.steps.map(({ tier: { name } }, i): Arrival[] => {
    const recorders = context.recordersOfTier(name);
    if (i === 0 && block?.scrape) return scrapedAt(context, block);
    const isWritten = i === 0 && signal === 'logs' && context.filesOfTier(name).size > 0;
    if (isWritten) {
      const files = context.filesOfTier(name);
      return item.sightings.flatMap((seen) =>
        files.has(seen.recorder) ? writtenAt(context, name, block, seen) : [],
      );
    }
    const own =
      i === 0 && recorders.size === 0
        ? entryArrivals(context, name, block)
        : arrivalsAt(context, recorders, item);
    return context.parting.has(name) ? own.map(perhapsTaken) : own;
  });
  const deliveries = arrivalsAt(context, context.backendRecorders[signal], item);
  return { item, block, arrivals, deliveries };
}

/** A loop: it runs for each item at each hop. */
function arrivalsAt(
  context: JudgeContext,
  recorders: ReadonlySet<number>,
  { sightings }: ItemEvidence,
): Arrival[] {
  const arrivals: Arrival[] = [];
  for (const sighting of sightings) {
    if (recorders.has(sighting.recorder)) arrivals.push(arrivalOf(context, sighting));
  }
  return arrivals;
}

/** Where ways part the error of one is the answer of all (fanoutconsumer v0.152.0, traces.go). */
const perhapsTaken = (arrival: Arrival): Arrival =>
  arrival.kind === 'refused' ? { ...arrival, kind: 'maybe', final: false } : arrival;

/** What the load was answered, in words; of a refusal with what whoever refused it said. */
export const answerText = ({ status, errorCode, message }: BlockOutcome): string =>
  `status ${status}, error code ${errorCode}${message ? `: ${message}` : ''}`;

/** Whoever asked for it was told it; of nobody, where nobody asked. */
const scrapedAt = ({ incarnations }: JudgeContext, { scrape, outcome }: BlockFact): Arrival[] =>
  outcome && scrape ? [takenBy(incarnations.byAddress(scrape.by, outcome.sentMs), outcome)] : [];

/** The first tier is not recorded: what k6 was answered tells. */
function entryArrivals(
  context: JudgeContext,
  tier: string,
  block: BlockFact | undefined,
): Arrival[] {
  const outcome = block?.outcome;
  if (!outcome || !block) return [];
  const node = context.evidence.facts.workerNodes[block.node] ?? '';
  return [takenBy(context.incarnations.onNode(tier, node, outcome.sentMs), outcome)];
}

const kinds = { acked: 'ok', refused: 'refused', unknown: 'maybe' } as const;

const takenBy = (incarnation: Arrival['incarnation'], outcome: BlockOutcome): Arrival => ({
  incarnation,
  fromMs: outcome.sentMs,
  toMs: outcome.answeredMs,
  kind: kinds[outcome.outcome],
  missing: false,
  unheard: false,
  final: outcome.outcome === 'refused',
  backend: undefined,
  message: answerText(outcome),
  sighting: undefined,
});

/** It stands in a file of its node, which that node's own process is to read. */
function writtenAt(
  context: JudgeContext,
  tier: string,
  block: BlockFact | undefined,
  sighting: Sighting,
): Arrival {
  const written = arrivalOf(context, sighting);
  const node = context.evidence.facts.workerNodes[block?.node ?? -1] ?? '';
  return { ...written, incarnation: context.incarnations.onNode(tier, node, written.toMs) };
}

const tellRejected = (rejects: NonNullable<RequestFact['rejects']>, rejected = 0): string =>
  rejects === 'unread'
    ? 'what it was answered can’t be read'
    : `partial success: ${rejects === 'all' ? 'all' : rejected} rejected`;

function arrivalOf(context: JudgeContext, sighting: Sighting): Arrival {
  const request = context.evidence.request(sighting.recorder, sighting.request);
  const atMs = request?.atMs ?? 0;
  const outcome = request?.outcome ?? 'missing';
  const { rejects } = request ?? {};
  const isRefused = outcome === 'error' || rejects === 'all';
  const missing = outcome === 'missing' || rejects === 'unread';
  return {
    incarnation: context.incarnations.at(sighting.recorder, atMs),
    fromMs: atMs,
    toMs: outcome === 'missing' ? atMs : (request?.answeredMs ?? atMs),
    kind: isRefused ? 'refused' : outcome === 'ok' && !rejects ? 'ok' : 'maybe',
    missing,
    unheard: request?.heard === false,
    // A partial success is a success: who sent it must not send it again (OTLP specification
    // 1.5.0, "Partial Success").
    final: rejects === 'all' || (isRefused && isFinal(request?.code ?? -1)),
    backend: context.backendOf.get(sighting.recorder),
    rejectsSome: rejects === 'some',
    message: rejects ? tellRejected(rejects, request?.rejected) : (request?.message ?? ''),
    sighting,
    remoteWrite: request?.remoteWrite === true,
    takenMs: request?.takenMs,
  };
}
