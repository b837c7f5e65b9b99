import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../shell/until.ts';
import type { NodePrograms, NodeStream } from './node-exec.ts';

/** What containerd tells of a container as it happens; Kubernetes tells whole seconds. */
export interface Moments {
  readonly processId?: number;
  readonly startedMs?: number;
  readonly endedMs?: number;
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
}

/** Follows the containers of all nodes. */
export interface MomentKeeper {
  /** Undefined for a container of which nothing was heard. */
  of(containerId: string): Moments | undefined;
  /** Its moments once its end is known; undefined where it is not in time. */
  untilEnded(containerId: string, withinMs: number): Promise<Moments | undefined>;
  end(): void;
}

interface TaskEvent {
  readonly containerId: string;
  readonly moments: Moments;
}

interface TaskDetails {
  readonly container_id?: string;
  /** Of the process: of a container's own it is the container's. */
  readonly id?: string;
  readonly pid?: number;
  readonly exit_status?: number;
}

const linePattern = /^(\S+) (\S+) ([+-]\d\d)(\d\d) \S+ \S+ \/tasks\/(start|exit|oom) (\{.*\})$/;

/**
 * Reads a line of `ctr events` (containerd, cmd/ctr/commands/events: moment as Go prints it,
 * namespace, topic, the event as JSON). Undefined for all but starts, ends and the kernel's kills
 * of containers; programs that run inside of one by an exec are none.
 */
export function readEvent(line: string): TaskEvent | undefined {
  const [, day, time, hours, minutes, topic, json = ''] = linePattern.exec(line) ?? [];
  if (topic === undefined) return undefined;
  const { container_id: containerId, id, pid, exit_status: code = 0 } = detailsIn(json);
  if (containerId === undefined || (id !== undefined && id !== containerId)) return undefined;
  const atMs = Date.parse(`${day}T${time}${hours}:${minutes}`);
  if (topic === 'start') {
    return { containerId, moments: { startedMs: atMs, ...(pid ? { processId: pid } : {}) } };
  }
  if (topic === 'oom') return { containerId, moments: { oomKilled: true } };
  return { containerId, moments: { endedMs: atMs, exitCode: code } };
}

function detailsIn(json: string): TaskDetails {
  try {
    return JSON.parse(json) as TaskDetails;
  } catch {
    return {};
  }
}

const againAfterMs = 300;
const lookEveryMs = 10;

/**
 * Listens on each node until `end`; a stream that breaks off is told and taken up again.
 * @throws Error where a node can't be listened to from the start
 */
export async function keepMoments(
  programs: Pick<NodePrograms, 'follow'>,
  nodes: readonly string[],
  onTrouble: (text: string) => void,
): Promise<MomentKeeper> {
  const known = new Map<string, Moments>();
  const streams = new Map<string, NodeStream>();
  const state = { over: false };
  const listen = async (node: string): Promise<void> => {
    const stream = await programs.follow(node, ['ctr', '--namespace', 'k8s.io', 'events']);
    streams.set(node, stream);
    if (state.over) stream.end();
  };
  const hear = async (node: string): Promise<void> => {
    const { output } = streams.get(node) as NodeStream;
    for await (const line of createInterface({ input: output })) {
      const event = readEvent(line);
      if (!event) continue;
      known.set(event.containerId, { ...known.get(event.containerId), ...event.moments });
    }
  };
  const follow = async (node: string): Promise<void> => {
    for (;;) {
      await hear(node).catch(() => undefined);
      if (state.over) return;
      onTrouble(`what happens to containers of ${node} was not told for a while`);
      await again(() => listen(node), state);
    }
  };
  await Promise.all(nodes.map(listen));
  for (const node of nodes) void follow(node);
  return {
    of: (containerId) => known.get(containerId),
    untilEnded: (containerId, withinMs) =>
      until(withinMs, lookEveryMs, () => {
        const moments = known.get(containerId);
        return moments?.endedMs === undefined ? undefined : moments;
      }),
    end: () => {
      state.over = true;
      for (const stream of streams.values()) stream.end();
    },
  };
}

async function again(work: () => Promise<void>, state: { readonly over: boolean }): Promise<void> {
  while (!state.over) {
    await sleep(againAfterMs);
    try {
      await work();
      return;
    } catch {
      // Told already; the node may be gone for good, then the run breaks by other means.
    }
  }
}
