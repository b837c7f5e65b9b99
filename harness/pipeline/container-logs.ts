import { list, text } from './read.ts';
import type { Component, Tier, Workload } from './types.ts';

/** Where a kubelet has the log files of containers, in a folder `<namespace>_<pod>_<uid>` a pod. */
export const podLogsFolder = '/var/log/pods';

/** A container's log file on its node, as a kubelet names it (pkg/kubelet/kuberuntime, logs). */
export const containerLogFile = (pod: {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}): string => `${podLogsFolder}/${pod.namespace}_${pod.name}_${pod.uid}/app/0.log`;

/** What the simulated applications' files are called; which of their pods does not matter. */
const sample = containerLogFile({
  namespace: 'shop',
  name: 'checkout-5d9c7b8f6d-x2x4z',
  uid: '0f8fad5b-d9cb-469f-a165-70867728950e',
});

/**
 * The receiver by which a tier's pods tail the log files of their node's containers: its `include`
 * names them, by a path at which the node's folder is mounted, and its `exclude` does not.
 */
export function containerLogsOf({ pipelines, workload }: Tier): Component | undefined {
  const tailing = pipelines
    .filter(({ signal }) => signal === 'logs')
    .flatMap(({ receivers }) => receivers.filter(({ type }) => type === 'file_log'));
  return tailing.find(({ config }) =>
    pathsOfSample(workload).some(
      (path) => names(config.include, path) && !names(config.exclude, path),
    ),
  );
}

/** Where a container finds the sample, by volumes that are folders of its node. */
const pathsOfSample = ({ mounts, volumes }: Workload): string[] =>
  mounts.flatMap(({ volume, path, subPath }) => {
    const source = volumes.find(({ name }) => name === volume)?.source;
    if (!source || !('hostPath' in source)) return [];
    const from = [source.hostPath, subPath ?? ''].join('/').replace(/\/+$/, '');
    return sample.startsWith(`${from}/`) ? path + sample.slice(from.length) : [];
  });

const names = (patterns: unknown, path: string): boolean =>
  list(patterns).some((pattern) => globOf(text(pattern) ?? '').test(path));

/** Patterns of `include` (bmatcuk/doublestar v4, by which fileconsumer v0.152.0 finds files). */
function globOf(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|[*?{},]|[.+^$()|\\]/g, (piece) => {
    const known: Readonly<Record<string, string>> = {
      '**/': '(?:.*/)?',
      '**': '.*',
      '*': '[^/]*',
      '?': '[^/]',
      '{': '(?:',
      '}': ')',
      ',': '|',
    };
    return known[piece] ?? `\\${piece}`;
  });
  return new RegExp(`^${source}$`);
}

/** Where a receiver begins in files that are there when it starts, and whether it remembers. */
export interface Tailing {
  readonly fromEnd: boolean;
  /** The extension that keeps its offsets; undefined: they go with the process. */
  readonly storage: string | undefined;
}

/** `start_at` is `end` unless told otherwise (filelogreceiver v0.152.0, README). */
export const tailingOf = ({ config }: Component): Tailing => ({
  fromEnd: (text(config.start_at) ?? 'end') === 'end',
  storage: text(config.storage),
});
