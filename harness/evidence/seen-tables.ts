import type { Columns, TableWriter } from './database.ts';
import { idColumns } from './items.ts';
import { seenPointColumns } from './points.ts';

const seenColumns = {
  signal: 'signal',
  recorder: 'count',
  request: 'count',
  /** Its place among the request's items. */
  nth: 'count',
  ...idColumns,
  core_digest: 'count',
  state_digest: 'count',
  attributes: 'count',
  resource: 'count',
  scope: 'count',
} as const satisfies Columns;

const requestColumns = {
  recorder: 'count',
  request: 'count',
  connection: 'count',
  signal: 'text',
  path: 'text',
  at_ms: 'number',
  answered_ms: 'number',
  outcome: 'text',
  code: 'number',
  message: 'text',
  rejected: 'count',
  items: 'count',
  bytes: 'count',
  /** Where its record begins in the tap's file. */
  position: 'number',
} as const satisfies Columns;

/** Where what was seen is tabled. */
export const seenTables = {
  seen: seenColumns,
  seen_points: seenPointColumns,
  requests: requestColumns,
} as const;
export type SeenTable = keyof typeof seenTables;
export type SeenWriters = { readonly [T in SeenTable]: TableWriter<(typeof seenTables)[T]> };
