import type { Attributes, ItemEvidence, Sighting } from '../../evidence/types.ts';
import { type Difference, editorOf } from '../model/editors.ts';
import { differingKeys, editAttributes, editResource } from '../model/edits.ts';
import type { Edited } from '../model/enrichment.ts';
import type { Spoken } from '../model/own-words.ts';
import { hopName, type PathStep, type SignalPath } from '../model/path.ts';
import type { Culprit } from '../model/refuser.ts';
import type { Arrival, ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import { podFacts } from './reader.ts';

/** How an item that was seen differs from what was planned, after the pipeline's declared edits. */
export interface Alteration {
  readonly hop: string;
  readonly what: readonly string[];
  /** The processor whose job it is, where one on the way edits what differs. */
  readonly by?: Culprit | undefined;
}

/** One key that differs, in words, and who edits it. */
interface Told {
  readonly text: string;
  readonly by: Culprit | undefined;
}

export interface AlterationReader {
  /** One entry a hop at which the item was seen changed; `undefined` where that can't be said. */
  alterations(view: ItemView): { readonly found: readonly Alteration[]; readonly unknown: boolean };
}

/** Numbers of dictionary entries stay below this, so that two of them make one exact number. */
const many = 2 ** 24;

/** Compares items with what they must be at each hop; equal attribute sets are compared once. */
export function createAlterationReader(
  context: JudgeContext,
  path: SignalPath,
  signal: 'traces' | 'logs',
): AlterationReader {
  const steps = Array.from({ length: path.steps.length + 1 }, (_, step) =>
    createStepReader(context, signal, {
      hop: hopName(path, step),
      steps: path.steps.slice(0, step),
    }),
  );
  const unknown = path.unmodelled.length > 0;
  const lastKnown = Math.min(...path.unmodelled.map((u) => u.step), path.steps.length);
  return {
    alterations: (view) => {
      let found: Alteration[] | undefined;
      for (let step = 0; step <= lastKnown; step++) {
        const last = step === path.steps.length;
        const arrivals = last ? view.deliveries : (view.arrivals[step] ?? []);
        if (last && unknown) break;
        const alteration = steps[step]?.(view.item, arrivals);
        if (alteration) found = [...(found ?? []), alteration];
      }
      return { found: found ?? none, unknown };
    },
  };
}

const none: readonly Alteration[] = [];

interface StepSettings {
  readonly hop: string;
  readonly steps: readonly PathStep[];
}

/** Compares items as they are seen at one hop. */
function createStepReader(
  context: JudgeContext,
  signal: 'traces' | 'logs',
  { hop, steps }: StepSettings,
): (item: ItemEvidence, arrivals: readonly Arrival[]) => Alteration | undefined {
  const { evidence, spoken } = context;
  const processors = steps.flatMap((step) => step.processors);
  // The sampler notes its threshold in trace_state.
  const writesState = processors.some((p) => p.type === 'probabilistic_sampler');
  const attributeDiffs = new Map<number, readonly Told[]>();
  const resourceDiffs = new Map<number, readonly Told[]>();
  const attributesOf = (own: number, seen: number): readonly Told[] => {
    const key = own * many + seen;
    const known =
      attributeDiffs.get(key) ??
      differences(editAttributes(evidence.attributes(own), processors), evidence.attributes(seen), {
        of: 'attribute',
        steps,
        sent: {},
        spoken,
      });
    attributeDiffs.set(key, known);
    return known;
  };
  const resourceOf = (item: ItemEvidence, seen: number): readonly Told[] => {
    // A resource is one pod's own, so its number stands for the pod as well.
    const key = item.resourceId * many + seen;
    const known =
      resourceDiffs.get(key) ??
      differences(
        editResource(evidence.resource(item.resourceId), processors, podFacts(context, item.pod)),
        evidence.resource(seen),
        { of: 'resource attribute', steps, sent: evidence.resource(item.resourceId), spoken },
      );
    resourceDiffs.set(key, known);
    return known;
  };
  return (item, arrivals) => {
    let what: string[] | undefined;
    let by: Culprit | undefined;
    for (const arrival of arrivals) {
      const { sighting } = arrival;
      if (!sighting) continue;
      const attributes = attributesOf(item.attributesId, sighting.attributesId);
      const resource = resourceOf(item, sighting.resourceId);
      const sameCore =
        sighting.coreDigest === item.coreDigest &&
        (writesState || sighting.stateDigest === item.stateDigest);
      const sameScope =
        item.scopeId === sighting.scopeId || equalScopes(context, item, sighting.scopeId);
      if (sameCore && sameScope && attributes.length + resource.length === 0) continue;
      const core = sameCore ? [] : coreDiffs(context, signal, item, sighting, writesState);
      what = [
        ...(what ?? []),
        ...[...attributes, ...resource].map(({ text }) => text),
        ...(sameScope ? [] : ['scope']),
        ...core,
      ];
      by ??= [...resource, ...attributes].find((told) => told.by)?.by;
    }
    return what && what.length > 0 ? { hop, what: [...new Set(what)], by } : undefined;
  };
}

const equalScopes = ({ evidence }: JudgeContext, item: ItemEvidence, seen: number): boolean =>
  JSON.stringify(evidence.scope(item.scopeId)) === JSON.stringify(evidence.scope(seen));

interface Way {
  readonly of: Difference['of'];
  readonly steps: readonly PathStep[];
  readonly sent: Attributes;
  readonly spoken: Spoken;
}

const differences = (edited: Edited, seen: Attributes, { of, steps, sent, spoken }: Way): Told[] =>
  differingKeys(edited, seen).map((key) => ({
    text: describe(of, key, edited, seen),
    by: editorOf({ key, of, isAbsent: seen[key] === undefined }, steps, sent, spoken),
  }));

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
  item: ItemEvidence,
  sighting: Sighting,
  writesState: boolean,
): string[] {
  const pair = context.evidence.contents({ signal, item: item.item }, sighting);
  if (!pair) return ['fields beside the attributes'];
  const keys = new Set([...Object.keys(pair.planned), ...Object.keys(pair.seen)]);
  return [...keys]
    .filter((key) => !(writesState && key === 'traceState') && pair.planned[key] !== pair.seen[key])
    .map((key) => `${key}: expected ${shown(pair.planned[key])}, found ${shown(pair.seen[key])}`);
}
