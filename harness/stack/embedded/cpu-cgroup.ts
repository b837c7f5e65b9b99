import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CpuTime } from '../types.ts';

/** CPU quotas by cgroup: of v1 a hierarchy of their own, of v2 files beside those of memory. */
export interface CpuCgroups {
  readonly version: 1 | 2;
  readonly folder: string;
}

/** As a kubelet sets it where it is told nothing else (`cpuCFSQuotaPeriod`). */
const periodMicros = 100_000;
/** The kernel refuses less. */
const leastQuotaMicros = 1_000;

/**
 * The quota that a limit comes to, in microseconds a period.
 * @param cpuLimit processors, as `resources.limits.cpu` has them
 */
export const quotaMicros = (cpuLimit: number): number =>
  Math.max(leastQuotaMicros, Math.round(cpuLimit * periodMicros));

/** A group for one pod with its quota; returns the folder that its processes join. */
export function createPodCpuCgroup(cgroups: CpuCgroups, pod: string, cpuLimit: number): string {
  const folder = join(cgroups.folder, pod);
  mkdirSync(folder, { recursive: true });
  const quota = quotaMicros(cpuLimit);
  if (cgroups.version === 2) {
    writeFileSync(join(folder, 'cpu.max'), `${quota} ${periodMicros}`);
  } else {
    writeFileSync(join(folder, 'cpu.cfs_period_us'), String(periodMicros));
    writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quota));
  }
  return folder;
}

/** How often and how long the group was held back; undefined where its quota is not known. */
export function readThrottling(podFolder: string | undefined): CpuTime['throttling'] {
  const file = join(podFolder ?? '', 'cpu.stat');
  if (podFolder === undefined || !existsSync(file)) return undefined;
  return parseThrottling(readFileSync(file, 'utf8'));
}

/** `cpu.stat`: v1 counts nanoseconds (`throttled_time`), v2 microseconds (`throttled_usec`). */
export function parseThrottling(text: string): CpuTime['throttling'] {
  const of = (name: string): number | undefined => {
    const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const [periods, throttledPeriods] = [of('nr_periods'), of('nr_throttled')];
  const [nanos, micros] = [of('throttled_time'), of('throttled_usec')];
  const throttledMs = nanos === undefined ? micros && micros / 1e3 : nanos / 1e6;
  if (periods === undefined || throttledPeriods === undefined || throttledMs === undefined) {
    return undefined;
  }
  return { periods, throttledPeriods, throttledMs };
}
