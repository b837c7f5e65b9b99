import type { Attributes, ItemEvidence } from '../../evidence/types.ts';
import { differingKeys, type Edited, editAttributes, editResource } from '../model/edits.ts';
import type { SignalPath } from '../model/path.ts';
import { hopName } from './bucket.ts';
import type { JudgeContext } from './context.ts';
import type { Arrival, ItemView } from './sightings.ts';

/** How an item that was seen differs from what was planned, after the pipeline's declared edits. */
export interface Alteration {
  readonly hop: string;
  readonly what: readonly string[];
}

export interface AlterationReader {
  /** One entry a hop at which the item was seen changed; `undefined` where that can't be said. */
  alterations(view: ItemView): { readonly found: readonly Alteration[]; readonly unknown: boolean };
}

/** Compares items with what they must be at each hop; equal attribute sets are compared once. */
export function createAlterationReader(
  context: JudgeContext,
  path: SignalPath,
  signal: 'traces' | 'logs',
): AlterationReader {
  const attributeDiffs = new Map<string, readonly string[]>();
  const resourceDiffs = new Map<string, readonly string[]>();
  const processorsBefore = (step: number) => path.steps.slice(0, step).flatMap((s) => s.processors);
  const memo = (
    map: Map<string, readonly string[]>,
    key: string,
    compute: () => readonly string[],
  ) => {
    const known = map.get(key) ?? compute();
    map.set(key, known);
    return known;
  };
  const compare = (view: ItemView, arrival: Arrival, step: number): string[] => {
    const { item } = view;
    const { sighting } = arrival;
    if (!sighting) return [];
    const { evidence } = context;
    const diff = (edited: () => Edited, seen: Attributes, what: string): string[] =>
      differingKeys(edited(), seen).map((key) => describe(what, key, edited(), seen));
    const attributes = memo(
      attributeDiffs,
      `${step}/${item.attributesId}/${sighting.attributesId}`,
      () =>
        diff(
          () => editAttributes(evidence.attributes(item.attributesId), processorsBefore(step)),
          evidence.attributes(sighting.attributesId),
          'attribute',
        ),
    );
    const resource = memo(
      resourceDiffs,
      `${step}/${item.pod}/${item.resourceId}/${sighting.resourceId}`,
      () =>
        diff(
          () =>
            editResource(
              evidence.resource(item.resourceId),
              processorsBefore(step),
              podOf(context, item),
            ),
          evidence.resource(sighting.resourceId),
          'resource attribute',
        ),
    );
    const scope =
      JSON.stringify(evidence.scope(item.scopeId)) ===
      JSON.stringify(evidence.scope(sighting.scopeId))
        ? []
        : ['scope'];
    return [
      ...attributes,
      ...resource,
      ...scope,
      ...coreDiffs(context, signal, view, arrival, processorsBefore(step)),
    ];
  };
  return {
    alterations: (view) => {
      const found: Alteration[] = [];
      const each = (arrivals: readonly Arrival[], step: number): void => {
        const what = arrivals.flatMap((arrival) => compare(view, arrival, step));
        if (what.length > 0) found.push({ hop: hopName(path, step), what: [...new Set(what)] });
      };
      const firstUnmodelled = Math.min(
        ...path.unmodelled.map((u) => u.step),
        Number.POSITIVE_INFINITY,
      );
      view.arrivals.forEach((arrivals, step) => {
        if (step <= firstUnmodelled) each(arrivals, step);
      });
      const unknown = path.unmodelled.length > 0;
      if (!unknown) each(view.deliveries, path.steps.length);
      return { found, unknown };
    },
  };
}

function podOf(context: JudgeContext, item: ItemEvidence) {
  const { facts } = context.evidence;
  const pod = facts.pods[item.pod];
  return { pod, nodeName: facts.workerNodes[pod?.node ?? 0] ?? '' };
}

const shown = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));

/** Names the key and both values; the values of canaries and their like never leave the judge. */
function describe(what: string, key: string, expected: Edited, seen: Attributes): string {
  const secret = /authorization|cookie|password|secret|token/i.test(key);
  const text = (value: unknown): string =>
    secret && value !== undefined ? '(hidden)' : shown(value);
  return `${what} ${key}: expected ${text(expected.attributes[key])}, found ${text(seen[key])}`;
}

/** Fields beside the attributes: name, times, status, parent, events. */
function coreDiffs(
  context: JudgeContext,
  signal: 'traces' | 'logs',
  { item }: ItemView,
  { sighting }: Arrival,
  processors: readonly { readonly type: string }[],
): string[] {
  if (!sighting || sighting.coreDigest === item.coreDigest) return [];
  const pair = context.evidence.contents({ signal, item: item.item }, sighting);
  if (!pair) return ['fields beside the attributes'];
  const edited = new Set(
    processors.some((p) => p.type === 'probabilistic_sampler') ? ['traceState'] : [],
  );
  const keys = new Set([...Object.keys(pair.planned), ...Object.keys(pair.seen)]);
  return [...keys]
    .filter((key) => !edited.has(key) && pair.planned[key] !== pair.seen[key])
    .map((key) => `${key}: expected ${shown(pair.planned[key])}, found ${shown(pair.seen[key])}`);
}
