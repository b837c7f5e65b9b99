import type { BlockOutcome } from '../drive/outcomes.ts';

/** A planned block and how it ended; no outcome means that none was recorded. */
export interface BlockFact {
  readonly block: number;
  readonly signal: 'traces' | 'logs' | 'metrics';
  readonly pod: number;
  readonly node: number;
  readonly dueMs: number;
  readonly items: number;
  /** Not planned: a request of the sample application, taken as it came. */
  readonly ofApp?: true | undefined;
  /** Not planned: a scrape of a target, by the address of who asked; empty where nobody did. */
  readonly scrape?:
    | {
        readonly target: string;
        readonly by: string;
        /** Nobody did when it was due, though it was scraped before or later. */
        readonly missed?: MissedScrapes | undefined;
      }
    | undefined;
  readonly outcome: BlockOutcome | undefined;
}

/** Scrapes of one target that never were, one after another; epoch milliseconds. */
export interface MissedScrapes {
  /** The scrape before them; where there is none, an interval before the first was due. */
  readonly fromMs: number;
  /** The next one; undefined where none came any more. */
  readonly toMs?: number | undefined;
  /** The address of who scraped it before; undefined where nobody had. */
  readonly before?: string | undefined;
  /** So many were due meanwhile, and something to be told. */
  readonly scrapes: number;
  /** So many requests were not answered meanwhile. */
  readonly failed: number;
}
