import { joinSeries } from './made-series.ts';
import type { MadeSeries } from './series-facts.ts';
import type { TapIngest } from './tap-reader.ts';
import type { Attributes } from './types.ts';

/** What a tap's record was, beside what it tabled. */
export interface TapRead {
  readonly reading: TapIngest;
  readonly made: MadeSeries;
  /** What its items carry, in the order in which it was met. */
  readonly met: Readonly<Record<MetKind, readonly MetContent[]>>;
}

/** Of what an item carries, its columns and their dictionaries. */
export const metKinds = {
  attributes: 'attributes',
  resource: 'resources',
  scope: 'scopes',
} as const;
export type MetKind = keyof typeof metKinds;

export interface MetContent {
  /** The number that stands for it in the tap's rows. */
  readonly met: number;
  /** By what it is known to any dictionary. */
  readonly key: number;
  readonly value: Attributes;
}

/**
 * Of a record whose parts were read each by itself, in their order, what reading it whole gives.
 * Each part went through all of it and knows of every request; what they hold, of its own alone.
 */
export function joinParts(parts: readonly [TapRead, ...TapRead[]]): TapRead {
  const [{ reading }] = parts;
  const defect = parts.find((part) => part.reading.defect)?.reading.defect;
  const met = (kind: MetKind): MetContent[] => parts.flatMap((part) => part.met[kind]);
  return {
    reading: {
      ...reading,
      complete: parts.every((part) => part.reading.complete),
      defect,
      followed: parts.flatMap((part) => part.reading.followed).sort((a, b) => a.atMs - b.atMs),
      unreadPoints: parts.flatMap((part) => part.reading.unreadPoints),
    },
    made: joinSeries(parts.map((part) => part.made)),
    met: { attributes: met('attributes'), resource: met('resource'), scope: met('scope') },
  };
}
