import type { SignalPath } from '../model/path.ts';
import { tellSetting } from '../model/settings.ts';
import { type ItemView, taken } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import { pollMs, tailBreaks, writtenMs } from './tail-breaks.ts';
import { slackMs } from './ticks.ts';

/** Why a log record came twice out of one file. */
export interface ReadAgain {
  /** Its offsets outlived the process, but for what it had read since it last kept them. */
  readonly isSinceKept: boolean;
  /** The receiver, `logs/filelog`, and the setting that made it so. */
  readonly component: string;
  readonly why?: string;
  readonly fix?: string;
}

/**
 * Offsets are kept at the end of each poll (pkg/stanza v0.152.0, fileconsumer/file.go, poll): what
 * a process had read since then the next one reads again, and all of it where they are not kept.
 *
 * @returns undefined where no process that tails its file ended behind it
 */
export function readAgain(
  context: JudgeContext,
  path: SignalPath,
  view: ItemView,
): ReadAgain | undefined {
  const atMs = writtenMs(view);
  const behind = taken(view.arrivals[1] ?? view.deliveries);
  const found = tailBreaks(context, path, view).find(
    ({ outage, forgot, fromEnd }) =>
      atMs <= outage.endedMs &&
      behind.some(({ fromMs }) => fromMs >= outage.endedMs) &&
      (forgot ? !fromEnd : atMs >= outage.endedMs - pollMs - slackMs),
  );
  if (!found) return undefined;
  const { tier, files, forgot } = found;
  const component = `${tier.name}/${files.id}`;
  if (!forgot) return { isSinceKept: true, component };
  const why = tellSetting(files, 'storage', 'none');
  const fix = 'let the receiver keep its offsets: storage: file_storage, on a folder of the node';
  return { isSinceKept: false, component, why, fix };
}
