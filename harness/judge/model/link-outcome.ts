import type { Click, ItemName, LogRow } from '../../evidence/types.ts';
import type { FindingKind } from '../findings.ts';

/** What a click came to: what it should, something else, or nobody can tell. */
export type LinkOutcome =
  | { readonly kind: 'right' }
  | { readonly kind: 'open'; readonly why: string }
  | { readonly kind: 'broken'; readonly fault: LinkFault };

/** Why a link does not lead where it should. */
export interface LinkFault {
  readonly finding: FindingKind;
  /** The data source whose setting it is. */
  readonly dataSource: string;
  /** Who else is to blame: a collector's component. */
  readonly component?: string;
  readonly cause: string;
  /** The setting with its place. */
  readonly why?: string;
  readonly fix?: string;
}

export const right: LinkOutcome = { kind: 'right' };
export const open = (why: string): LinkOutcome => ({ kind: 'open', why });
export const broken = (fault: LinkFault): LinkOutcome => ({ kind: 'broken', fault });

/** What a backend said that is its own trouble and not the link's; undefined where it answered. */
export function troubleOf({ answer }: Click): string | undefined {
  const { status, error = '' } = answer ?? {};
  if (status === undefined) return `no answer: ${error}`;
  return status === 429 || status >= 500 ? `status ${status}: ${error}` : undefined;
}

export const isSame = (a: ItemName, b: ItemName): boolean =>
  a.traceId === b.traceId && a.spanId === b.spanId;

/** Items of an answer that belong to another trace than the one that was clicked at. */
export const strangersIn = ({ traceId, answer }: Click): readonly ItemName[] =>
  (answer?.items ?? []).filter((item) => item.traceId !== '' && item.traceId !== traceId);

/** The id of a trace stands beside a line as structured metadata, not in it. */
export const isIdBeside = ({ line, labels, traceId }: LogRow): boolean =>
  !line.includes(traceId) && Object.values(labels).includes(traceId);
