import type { AcquireSettings } from '../stack/acquire/index.ts';
import type { Done } from './done.ts';

/** What `main.ts` knows of the world. */
export interface Host {
  readonly acquire: AcquireSettings;
  readonly reportsFolder: string;
  readonly interactive: boolean;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly signal: AbortSignal;
  /** Starts another bench process when arguments follow. */
  readonly command: readonly string[];
  /** Tells the process that started this one how its run came out; undefined where none listens. */
  readonly tell: ((done: Done) => Promise<void>) | undefined;
}
