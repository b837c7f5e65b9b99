import type { OtlpValue } from '../lib/otlp/decode.ts';
import type { OttlFacts } from './ottl.ts';

/** An item while processors edit it; of what is in one of the three sets nothing can be said. */
export interface Draft extends OttlFacts {
  name: string;
  kind: number;
  statusCode: number;
  /** Undefined: as it was sent. */
  statusMessage?: string | undefined;
  attributes: Record<string, OtlpValue>;
  resource: Record<string, OtlpValue>;
  uncertainAttributes: Set<string>;
  uncertainResource: Set<string>;
  /** `scope`, or by their names in OTLP. */
  uncertainFields: Set<string>;
}

/** Attributes, of the item itself or of its resource, while they are edited. */
export interface DraftMap {
  readonly values: Record<string, OtlpValue>;
  readonly uncertain: Set<string>;
}

export const draftOf = (facts: OttlFacts): Draft => ({
  name: facts.name,
  kind: facts.kind,
  statusCode: facts.statusCode,
  attributes: { ...facts.attributes },
  resource: { ...facts.resource },
  uncertainAttributes: new Set(facts.uncertainAttributes),
  uncertainResource: new Set(facts.uncertainResource),
  uncertainFields: new Set(facts.uncertainFields),
});

export const mapOf = (draft: Draft, of: 'attributes' | 'resource'): DraftMap =>
  of === 'attributes'
    ? { values: draft.attributes, uncertain: draft.uncertainAttributes }
    : { values: draft.resource, uncertain: draft.uncertainResource };

export function put({ values, uncertain }: DraftMap, key: string, value: OtlpValue): void {
  values[key] = value;
  uncertain.delete(key);
}

export function remove({ values, uncertain }: DraftMap, key: string): void {
  delete values[key];
  uncertain.delete(key);
}

/** What an edit would change can't be said any more: nobody knows whether it is made. */
export function mayEdit(draft: Draft, edit: (draft: Draft) => void): void {
  const edited = { ...draftOf(draft), statusMessage: draft.statusMessage };
  edit(edited);
  for (const part of ['attributes', 'resource'] as const) {
    const [own, other] = [mapOf(draft, part), mapOf(edited, part)];
    for (const key of [...differing(own.values, other.values), ...other.uncertain]) {
      own.uncertain.add(key);
    }
  }
  for (const field of edited.uncertainFields) draft.uncertainFields.add(field);
  if (edited.name !== draft.name) draft.uncertainFields.add('name');
  if (edited.kind !== draft.kind) draft.uncertainFields.add('kind');
  if (edited.statusCode !== draft.statusCode || edited.statusMessage !== draft.statusMessage) {
    draft.uncertainFields.add('status');
  }
}

/** The keys in which two sets of attributes differ. */
export function differing(
  a: Readonly<Record<string, OtlpValue>>,
  b: Readonly<Record<string, OtlpValue>>,
): string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
}
