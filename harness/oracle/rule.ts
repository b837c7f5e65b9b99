import type { Edit } from './edit.ts';

/**
 * An edit that can't change a verdict, and why; each is bounded to what it says. A rule counts only
 * where the verdict is the same word for word.
 */
export interface Rule {
  readonly why: string;
  /** Less is certain than before: the verdict's figures may say so. */
  readonly weakens?: boolean;
  covers(edit: Edit): boolean;
}
