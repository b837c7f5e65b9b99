import type { BlockFact, ItemEvidence, Sighting } from '../../evidence/types.ts';
import type { Incarnation } from './incarnations.ts';

/** An item reached a process, or may have. */
export interface Arrival {
  readonly incarnation: Incarnation | undefined;
  /** It was taken in somewhere between these moments. */
  readonly fromMs: number;
  readonly toMs: number;
  /** `ok`: answered so; `maybe`: no answer tells; `refused`: answered with an error. */
  readonly kind: 'ok' | 'maybe' | 'refused';
  /** `maybe` because the record lacks an answer to be read, not because there was none. */
  readonly missing: boolean;
  /** It was answered, but the answer did not reach the sender: it may well send it again. */
  readonly unheard: boolean;
  /** Refused in a way after which no sender tries again. */
  readonly final: boolean;
  /** The backend whose recorder saw it; undefined in front of collectors. */
  readonly backend: string | undefined;
  /** A backend was sent it by Prometheus' remote write. */
  readonly remoteWrite?: boolean | undefined;
  readonly message: string;
  /** `maybe` because the answer says that some of what the request had was not taken. */
  readonly rejectsSome?: boolean;
  readonly sighting: Sighting | undefined;
  /** When a backend took it after all, of what its sender had given up. */
  readonly takenMs?: number | undefined;
}

/** Where one item was seen, step by step along its signal's way. */
export interface ItemView {
  readonly item: ItemEvidence;
  readonly block: BlockFact | undefined;
  /** By step of the path. */
  readonly arrivals: readonly (readonly Arrival[])[];
  /** At the backends. */
  readonly deliveries: readonly Arrival[];
}

/** Those of which it is certain that the process took the item. */
export const taken = (arrivals: readonly Arrival[]): Arrival[] =>
  arrivals.filter((arrival) => arrival.kind === 'ok');
