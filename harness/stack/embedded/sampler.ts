import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuMsOf } from '../../shell/proc-stat.ts';
import type { Hiding } from '../../tap/hide.ts';
import type { CollectorTold, PodLife, PodSample } from '../types.ts';
import { readCollectorTold, readSentSpans } from './collector-told.ts';
import { containerOf } from './container-process.ts';
import { readThrottling } from './cpu-cgroup.ts';
import type { Pod } from './kubelet.ts';

const everyMs = 250;
/** A scrape is work for the collector itself: a figure that it moves is worth nothing. */
const askEveryMs = 1_000;
const askWithinMs = 900;
const usualMetricsPort = 8888;

export interface SamplerSettings {
  readonly runFolder: string;
  /** Collectors, of which some may not run now. */
  readonly pods: () => readonly Pod[];
  readonly lives: () => readonly PodLife[];
  readonly cpuFolder: string | undefined;
  readonly hiding: Hiding;
  readonly now: () => number;
  /** Of the collectors' own metrics; 8888 where it is left out. */
  readonly metricsPort?: number;
}

export interface Sampler {
  /** Asks every collector once more, for what it counted in all, and ends. */
  stop(): Promise<void>;
}

/**
 * Looks at every collector four times a second and writes what it saw, a line each, until it is
 * stopped. What can't be had is left out; a sample that fails never fails a run.
 */
export function startSampler(settings: SamplerSettings): Sampler {
  const file = join(settings.runFolder, 'evidence', 'samples.jsonl');
  const port = settings.metricsPort ?? usualMetricsPort;
  const told = new Map<string, CollectorTold>();
  const sample = (): void => {
    const lines = settings.pods().flatMap((pod) => {
      const one = sampleOf(pod, settings, told);
      return one ? [`${JSON.stringify(one)}\n`] : [];
    });
    try {
      if (lines.length > 0) appendFileSync(file, settings.hiding.text(lines.join('')));
    } catch {
      // A full disk breaks the run elsewhere, with more to say.
    }
  };
  const ask = async (read: (text: string) => CollectorTold): Promise<void> => {
    const ready = settings.pods().filter((pod) => pod.ready);
    await Promise.all(
      ready.map(async (pod) => {
        const text = await metricsOf(pod.address, port);
        if (text !== undefined) told.set(pod.id, read(text));
      }),
    );
  };
  const timers = [
    setInterval(sample, everyMs),
    setInterval(() => void ask(readCollectorTold), askEveryMs),
  ];
  return {
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await ask((text) => ({ ...readCollectorTold(text), sentSpans: readSentSpans(text) }));
      sample();
    },
  };
}

function sampleOf(
  pod: Pod,
  { lives, cpuFolder, now }: SamplerSettings,
  told: Map<string, CollectorTold>,
): PodSample | undefined {
  const pid = pod.child && containerOf(pod.child);
  if (pid === undefined) return undefined;
  const { name, tier, cpuLimit } = pod.spec;
  const own = lives().findLast((life) => life.pod === name);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const hasQuota = cpuFolder !== undefined && cpuLimit !== undefined;
    const answer = told.get(pod.id);
    // Each answer stands in one sample: what was not told anew is not known anew.
    told.delete(pod.id);
    return {
      atMs: now(),
      pod: name,
      tier,
      life: own?.life ?? 0,
      cpuMs: cpuMsOf(stat),
      memoryBytes: memoryBytesOf(status),
      throttling: readThrottling(hasQuota ? join(cpuFolder, pod.id) : undefined),
      told: answer,
    };
  } catch {
    return undefined;
  }
}

/** Resident memory with what is swapped, of `/proc/<pid>/status`. */
export const memoryBytesOf = (status: string): number =>
  [...status.matchAll(/^Vm(?:RSS|Swap):\s+(\d+) kB$/gm)].reduce(
    (sum, [, size]) => sum + Number(size) * 1_024,
    0,
  );

/** Undefined where it tells nothing: it is asked at its own address, where Prometheus asks it. */
async function metricsOf(address: string, port: number): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(askWithinMs);
    const answer = await fetch(`http://${address}:${port}/metrics`, { signal });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}
