import type { Canary, CanaryPlace, Scenario, TraceLoad } from '../scenario/types.ts';
import { drawMarks, random } from './random.ts';
import type { PlannedBlock, PlannedCanary, PlannedPod, Secret } from './types.ts';

/** Places that a whole request has; the others are those of a trace's root span and its record. */
const ofRequests: readonly CanaryPlace[] = ['resource', 'metricLabel', 'exemplar'];
const ofMetrics: readonly CanaryPlace[] = ['metricLabel', 'exemplar'];

/**
 * What one canary says at one place: no two places of a run say the same, so that what is found
 * tells where it stood. A span's attribute says what it did when it was the only place: plans of
 * stored runs stay.
 */
function secretOf(seed: number, load: TraceLoad, index: number, place: CanaryPlace): Secret {
  const key = load.canaries[index]?.key ?? '';
  const lot = random(seed, `canary-value/${load.name}/${index}/${place}`).uint32();
  const own = place === 'spanAttribute' ? `${index}` : lot.toString(16).padStart(8, '0');
  return { place, key, value: `canary-${load.name}-${own}` };
}

/** The secrets of a load's root span, by which of its canaries the trace carries (bits). */
export const secretsOfRoot = (seed: number, load: TraceLoad, bits: number): Secret[] =>
  load.canaries.flatMap(({ places }, i) =>
    bits & (1 << i)
      ? places.filter((p) => !ofRequests.includes(p)).map((p) => secretOf(seed, load, i, p))
      : [],
  );

/** Every canary at every place where it is sent. */
export const plannedCanaries = ({ load }: Scenario, seed: number): PlannedCanary[] =>
  load.flatMap((own, loadIndex) =>
    own.canaries.flatMap((canary, i) =>
      placesSent(own, canary).map((place) => ({ loadIndex, ...secretOf(seed, own, i, place) })),
    ),
  );

/** A pipeline that takes no log records or metrics is sent none. */
const placesSent = ({ logsPerSpan, metricsEveryMs }: TraceLoad, { places }: Canary) =>
  places.filter((place) => {
    if (place === 'logBody' || place === 'logAttribute') return logsPerSpan > 0;
    return !ofMetrics.includes(place) || metricsEveryMs > 0;
  });

/** Puts the secrets that whole requests carry on exactly each one's share of them. */
export function markBlocks(
  { load }: Pick<Scenario, 'load'>,
  seed: number,
  pods: readonly PlannedPod[],
  blocks: readonly PlannedBlock[],
): readonly PlannedBlock[] {
  const secrets = new Map<number, Secret[]>();
  load.forEach((own, loadIndex) => {
    own.canaries.forEach(({ share, places }, i) => {
      for (const place of places.filter((p) => ofRequests.includes(p))) {
        const able = blocks.filter(
          ({ pod, signal }) =>
            own.services.includes(pods[pod]?.service ?? '') &&
            (place === 'resource' || signal === 'metrics'),
        );
        const stream = random(seed, `canary-blocks/${loadIndex}/${i}/${place}`);
        const marks = drawMarks(able.length, share, stream);
        const secret = secretOf(seed, own, i, place);
        able.forEach(({ index }, k) => {
          if (marks[k]) secrets.set(index, [...(secrets.get(index) ?? []), secret]);
        });
      }
    });
  });
  if (secrets.size === 0) return blocks;
  return blocks.map((block) => {
    const own = secrets.get(block.index);
    return own ? { ...block, secrets: own } : block;
  });
}

/** The secrets at one place as attributes. */
export const attributesAt = (
  secrets: readonly Secret[] | undefined,
  place: CanaryPlace,
): Record<string, string> =>
  Object.fromEntries(
    (secrets ?? []).flatMap((one) => (one.place === place ? [[one.key, one.value]] : [])),
  );

/** A text with the secrets that stand at its place behind it. */
export const textWith = (
  own: string,
  secrets: readonly Secret[] | undefined,
  place: CanaryPlace,
): string => [own, ...Object.values(attributesAt(secrets, place))].join(' ');
