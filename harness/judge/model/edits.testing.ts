import { type DraftMap, mapOf } from '../../collector/draft.ts';
import type { Attributes } from '../../evidence/types.ts';
import type { Component } from '../../pipeline/types.ts';
import { editItem } from './edit-item.ts';
import type { PodFacts } from './enrichment.ts';

/** A span without a name, of which nothing but its attributes counts. */
export const spanOf = (attributes: Attributes, resource: Attributes = {}) => ({
  name: '',
  kind: 0,
  statusCode: 0,
  attributes,
  resource,
});

export const editAttributes = (own: Attributes, processors: readonly Component[]): DraftMap =>
  mapOf(editItem(spanOf(own), processors, { signal: 'traces', pod: undefined }), 'attributes');

export const editResource = (
  own: Attributes,
  processors: readonly Component[],
  pod: PodFacts,
): DraftMap => mapOf(editItem(spanOf({}, own), processors, { signal: 'traces', pod }), 'resource');
