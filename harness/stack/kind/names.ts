/** Names and labels by which everything that one run makes in Docker can be found again. */
export interface RunNames {
  /** Of the cluster; the names of its nodes begin with it. */
  readonly cluster: string;
  /** The Docker network that nodes, tap and load share. */
  readonly network: string;
  readonly tap: string;
  readonly load: string;
  readonly labels: Readonly<Record<string, string>>;
}

export const runLabel = 'otel-pipeline-bench.run';
export const processLabel = 'otel-pipeline-bench.process';
/** What kind itself puts on its nodes. */
export const clusterLabel = 'io.x-k8s.kind.cluster';

/** @param configName the cluster's name in `kind-config.yaml` */
export function runNames(configName: string, processId: number, nowMs: number): RunNames {
  const moment = Math.floor(nowMs / 100) % 36 ** 5;
  const cluster = `${configName}-${processId.toString(36)}-${moment.toString(36)}`;
  return {
    cluster,
    network: cluster,
    tap: `${cluster}-tap`,
    load: `${cluster}-load`,
    labels: { [runLabel]: cluster, [processLabel]: String(processId) },
  };
}

/**
 * A node's name in this run's cluster.
 * @param planned its name in a cluster that is named as in `kind-config.yaml`
 */
export const nodeNameIn = (names: RunNames, configName: string, planned: string): string =>
  names.cluster + planned.slice(configName.length);
