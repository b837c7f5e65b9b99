import type { PreparedRun } from './prepare.ts';
import type { StackSpec } from './stack/types.ts';

/** What a runtime is asked to stand up for a run. */
export function stackSpecOf(prepared: PreparedRun, binaries: StackSpec['binaries']): StackSpec {
  const { runId, runFolder, scenario, pipeline, plan, workerNodes, hidden } = prepared;
  const { pods, connections = [] } = plan;
  const startRace = scenario.load.some((load) => load.startRace);
  const placed = { pods, connections, workerNodes };
  return { runId, runFolder, pipeline, ...placed, startRace, hidden, binaries };
}
