/** Names and labels by which everything that one run makes in Docker can be found again. */
export interface RunNames {
  readonly run: string;
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
/** Where that process runs: its number means nothing on another machine, or in a container. */
export const hostLabel = 'otel-pipeline-bench.host';
/** When it began, epoch milliseconds: process numbers are used again. */
export const momentLabel = 'otel-pipeline-bench.moment';
/** On what belongs to a cluster that outlives runs: of what it was made. */
export const warmLabel = 'otel-pipeline-bench.warm';
/** What kind itself puts on its nodes. */
export const clusterLabel = 'io.x-k8s.kind.cluster';

/** Who makes a run. */
export interface RunOwner {
  readonly processId: number;
  readonly host: string;
  /** When the run began, epoch milliseconds. */
  readonly sinceMs: number;
}

/**
 * @param configName the cluster's name in `kind-config.yaml`
 * @param warm the cluster that the run borrows; undefined where it makes one of its own
 */
export function runNames(configName: string, owner: RunOwner, warm?: string): RunNames {
  const moment = Math.floor(owner.sinceMs / 100) % 36 ** 5;
  const run = `${configName}-${owner.processId.toString(36)}-${moment.toString(36)}`;
  const cluster = warm ?? run;
  return {
    run,
    cluster,
    network: cluster,
    tap: `${run}-tap`,
    load: `${run}-load`,
    labels: {
      [runLabel]: run,
      [processLabel]: String(owner.processId),
      [hostLabel]: owner.host,
      [momentLabel]: String(owner.sinceMs),
    },
  };
}

/** What kind calls the node of the control plane, the first where there are several. */
export const controlPlaneOf = ({ cluster }: Pick<RunNames, 'cluster'>): string =>
  `${cluster}-control-plane`;

/**
 * A node's name in this run's cluster.
 * @param planned its name in a cluster that is named as in `kind-config.yaml`
 */
export const nodeNameIn = (names: RunNames, configName: string, planned: string): string =>
  names.cluster + planned.slice(configName.length);
