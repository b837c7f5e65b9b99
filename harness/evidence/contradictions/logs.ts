import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PodLife } from '../../stack/types.ts';
import { logMoment } from '../log-moment.ts';
import type { RawRun } from '../raw.ts';
import type { Doubt } from '../types.ts';

/** Lines of several threads come within that of their order. */
const orderMs = 250;
/** Source: service v0.152.0, service.go, Start. */
const saysStart = ['Starting extensions...', 'Everything is ready'];
/** Moments of a log lie within its container's life, but for the clocks' grain. */
const grainMs = 1_000;

/**
 * Each collector that got ready has a log of its own life, to its end.
 * @param quiet tiers whose collectors say less than `info`: their logs may be empty
 */
export function contradictLogs(
  runFolder: string,
  { lives, runtime }: RawRun,
  quiet: ReadonlySet<string>,
): Doubt[] {
  return lives.flatMap((life) => {
    const { pod, tier, readyMs } = life;
    if (pod === tier || readyMs === undefined) return [];
    const file = `evidence/logs/${pod}.${life.life}.log`;
    const path = join(runFolder, file);
    if (!existsSync(path)) return { file, what: 'is not there: the log of a pod that was ready' };
    const log = readFileSync(path, 'utf8');
    if (quiet.has(tier)) return [];
    if (log.trim() === '') return { file, what: 'is empty: a collector says when it starts' };
    return contradictLog(log, life, runtime === 'embedded').map((what) => ({ file, what }));
  });
}

function contradictLog(log: string, life: PodLife, isWhole: boolean): string[] {
  const moments = log.split('\n').flatMap((line) => logMoment(line) ?? []);
  const fromMs = life.startedMs - grainMs;
  const toMs = (life.endedMs ?? Number.POSITIVE_INFINITY) + grainMs;
  const outside = moments.filter((ms) => ms < fromMs || ms > toMs).length;
  const isBack = moments.some((ms, i) => ms < (moments[i - 1] ?? ms) - orderMs);
  const stopped = life.exitCode === 0 && life.ending === 'stop' && isWhole;
  return [
    ...(moments.length === 0 ? ['has no line with a moment'] : []),
    ...(isBack ? ['has a line that is earlier than the one before it'] : []),
    ...(outside > 0 ? [`has ${outside} lines from outside of its container’s life`] : []),
    ...(saysStart.every((text) => log.includes(text)) ? [] : ['does not say that its pod started']),
    // Source: service v0.152.0, service.go, Shutdown.
    ...(!stopped || log.includes('Shutdown complete') ? [] : ['is cut off before the shutdown']),
  ];
}
