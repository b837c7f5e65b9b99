import { type DraftMap, mapOf } from '../../collector/draft.ts';
import type { Attributes, ItemEvidence } from '../../evidence/types.ts';
import { crosses, type EditedItem, editItem } from '../model/edit-item.ts';
import { type Difference, editorOf } from '../model/editors.ts';
import { differingKeys } from '../model/edits.ts';
import type { Spoken } from '../model/own-words.ts';
import { hopName, type PathStep, type SignalPath } from '../model/path.ts';
import type { Culprit } from '../model/refuser.ts';
import type { Arrival, ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import { fieldDiffs } from './field-diffs.ts';
import { filterFacts, podFacts } from './reader.ts';

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
/** Of a span there are three, but anything may have been written. */
const statusCodes = 256;

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

/** An item's edits, by the number of those that are edited alike. */
type Numbered = EditedItem & { readonly number: number };

/** What differs between an edited item and a numbered content that was seen, worked out once. */
function remembered(
  differ: (edited: EditedItem, seen: number, item: ItemEvidence) => readonly Told[],
): (edited: Numbered, seen: number, item: ItemEvidence) => readonly Told[] {
  const known = new Map<number, readonly Told[]>();
  return (edited, seen, item) => {
    const key = edited.number * many + seen;
    const found = known.get(key);
    if (found) return found;
    const told = differ(edited, seen, item);
    known.set(key, told);
    return told;
  };
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
  const isByField = crosses(processors);
  /** By the content, then by the fields. */
  const edits = new Map<number, Map<number, Numbered>>();
  let distinct = 0;
  /** Equal items are edited once; a resource is one pod's own, so its number stands for the pod. */
  const editedOf = (item: ItemEvidence): Numbered => {
    const { attributesId, resourceId, nameId, statusCode } = item;
    const content = attributesId * many + resourceId;
    const fields = nameId * statusCodes + statusCode;
    const known = edits.get(content);
    const found = known?.get(fields);
    if (found) return found;
    const alike = known ?? new Map<number, Numbered>();
    edits.set(content, alike);
    const [first] = alike.values();
    // What does not count for the edits is of another item of the same attributes.
    const own = { name: String(evidence.name(nameId).name ?? ''), statusCode };
    const edited: Numbered =
      first && !isByField
        ? { ...first, ...own }
        : {
            ...editItem(filterFacts(context, item, signal), processors, {
              signal,
              pod: podFacts(context, item.pod),
            }),
            ...(isByField ? {} : own),
            number: distinct++,
          };
    alike.set(fields, edited);
    return edited;
  };
  const attributesOf = remembered((edited, seen) =>
    differences(mapOf(edited, 'attributes'), evidence.attributes(seen), {
      of: 'attribute',
      steps,
      sent: {},
      spoken,
    }),
  );
  const resourceOf = remembered((edited, seen, item) =>
    differences(mapOf(edited, 'resource'), evidence.resource(seen), {
      of: 'resource attribute',
      steps,
      sent: evidence.resource(item.resourceId),
      spoken,
    }),
  );
  return (item, arrivals) => {
    let what: string[] | undefined;
    let by: Culprit | undefined;
    if (!arrivals.some(({ sighting }) => sighting)) return undefined;
    const edited = editedOf(item);
    for (const { sighting } of arrivals) {
      if (!sighting) continue;
      const attributes = attributesOf(edited, sighting.attributesId, item);
      const resource = resourceOf(edited, sighting.resourceId, item);
      const sameScope =
        edited.uncertainFields.has('scope') ||
        item.scopeId === sighting.scopeId ||
        equalScopes(context, item, sighting.scopeId);
      const core = fieldDiffs(context, { signal, item, sighting, edited, writesState });
      if (core.length === 0 && sameScope && attributes.length + resource.length === 0) continue;
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

const differences = (
  expected: DraftMap,
  seen: Attributes,
  { of, steps, sent, spoken }: Way,
): Told[] =>
  differingKeys(expected, seen).map((key) => ({
    text: describe(of, key, expected, seen),
    by: editorOf({ key, of, isAbsent: seen[key] === undefined }, steps, sent, spoken),
  }));

const shown = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));

/** Names the key and both values; the values of canaries and their like never leave the judge. */
function describe(what: string, key: string, expected: DraftMap, seen: Attributes): string {
  const secret = /authorization|cookie|password|secret|token/i.test(key);
  const text = (value: unknown): string =>
    secret && value !== undefined ? '(hidden)' : shown(value);
  return `${what} ${key}: expected ${text(expected.values[key])}, found ${text(seen[key])}`;
}
