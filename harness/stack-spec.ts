import type { PreparedRun } from './prepare.ts';
import type { StackSpec } from './stack/types.ts';

/**
 * What a runtime is asked to stand up for a run.
 * @param appFolder of the sample application's services, where there are users
 */
export function stackSpecOf(
  prepared: PreparedRun,
  binaries: StackSpec['binaries'],
  appFolder?: string,
): StackSpec {
  const { runId, runFolder, scenario, pipeline, plan, workerNodes, hidden } = prepared;
  const { pods, connections = [], users } = plan;
  const startRace = scenario.load.some((load) => load.startRace);
  const rotateLogsBytes = Math.min(...scenario.load.map((load) => load.rotateLogsBytes));
  const placed = { pods, connections, workerNodes, rotateLogsBytes };
  const app = users && appFolder !== undefined ? { users, folder: appFolder } : undefined;
  return { runId, runFolder, pipeline, ...placed, app, startRace, hidden, binaries };
}
