import type { SignalPath } from '../model/path.ts';
import { tellSetting } from '../model/settings.ts';
import type { Bucket } from './account.ts';
import type { ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import { pollMs, tailBreaks, writtenMs } from './tail-breaks.ts';
import { slackMs } from './ticks.ts';

/**
 * A log record that was written while the process that tails its file was gone, and whose successor
 * began at the file's end: it had no offset that told where the first had come to.
 *
 * @returns undefined where that is not what became of it
 */
export function notTailed(
  context: JudgeContext,
  path: SignalPath,
  step: number,
  view: ItemView,
): Bucket | undefined {
  if (step > 0) return undefined;
  const atMs = writtenMs(view);
  const found = tailBreaks(context, path, view).find(
    ({ outage, forgot, fromEnd }) =>
      forgot &&
      fromEnd &&
      atMs >= outage.endedMs - pollMs &&
      atMs <= outage.toMs + pollMs + slackMs,
  );
  if (!found) return undefined;
  const { files, tier, outage } = found;
  return {
    kind: 'lost',
    hop: tier.name,
    component: `${tier.name}/${files.id}`,
    cause: 'not-tailed',
    detail: `written while ${outage.pod} was gone; its successor began at the end of the file`,
    why: tellSetting(files, 'storage', 'none'),
  };
}
