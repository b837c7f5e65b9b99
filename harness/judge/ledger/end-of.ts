import type { Ended } from '../model/queues.ts';
import type { JudgeContext } from './context.ts';
import { type Incarnation, lostItsVolumes, successorOf, wasUnreplaced } from './incarnations.ts';

/** What ended with a process, as its successor shows; undefined where none was seen that should. */
export function endOf(
  { evidence }: Pick<JudgeContext, 'evidence'>,
  { life }: Pick<Incarnation, 'life'>,
): Ended | undefined {
  const next = successorOf(life, evidence.lives);
  if (!next) return wasUnreplaced(life, evidence.receipts) ? 'nothing' : undefined;
  if (lostItsVolumes(life, evidence.receipts)) return 'volumes';
  return next.uid === life.uid ? 'container' : 'pod';
}
