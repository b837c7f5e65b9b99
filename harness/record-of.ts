import { relative } from 'node:path';
import type { RawRun } from './evidence/raw.ts';
import type { Receipt } from './faults/types.ts';
import { hideIn } from './hidden-data.ts';
import type { PreparedRun } from './prepare.ts';
import { nowMs } from './shell/clock.ts';
import type { LoadProcess, RunningStack } from './stack/types.ts';

interface Known {
  readonly prepared: PreparedRun;
  readonly stack?: RunningStack;
  readonly load?: LoadProcess;
  readonly startMs: number;
  readonly receipts: readonly Receipt[];
  readonly unsettled?: string | undefined;
}

/** What a run knows of itself by now, to be saved as `run.json`. */
export function recordOf({ prepared, stack, load, startMs, ...known }: Known): RawRun {
  const record: RawRun = {
    runId: prepared.runId,
    runtime: prepared.source.runtime,
    planHash: prepared.plan.hash,
    seed: prepared.plan.seed,
    startMs: startMs,
    endMs: nowMs(),
    addressOfPod: stack?.addressOfPod ?? [],
    uidOfPod: stack?.uidOfPod,
    workerNodes: stack?.nodeNames ?? prepared.workerNodes,
    tapFiles: [...(stack?.tapFiles.values() ?? [])].map((tap) => ({
      ...tap,
      file: relative(prepared.runFolder, tap.file),
    })),
    lives: stack?.lives() ?? [],
    receipts: known.receipts,
    ...(known.unsettled === undefined ? {} : { unsettled: known.unsettled }),
    load: {
      exitCode: load?.exitCode,
      signal: load?.signal,
      cpuMs: load?.userCpuMs ?? 0,
      lastLines: load?.lastLines ?? [],
    },
    notes: stack?.notes ?? [],
    versions: stack?.versions ?? {},
  };
  return hideIn(record, prepared.hidden);
}
