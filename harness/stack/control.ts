import type { ProxyName } from '../scenario/apps.ts';
import type { Refusal } from '../tap/entry.ts';
import type { Instead } from '../tap/instead.ts';

/** What faults can do to a running stack. One contract for every runtime: `control-contract.ts`. */
export interface Control {
  readonly pods: PodControl;
  readonly taps: TapControl;
  readonly proxies: ProxyControl;
  /** Undefined where packets between pods can't be dropped. */
  readonly links?: LinkControl;
}

/** What faults do to what the sample application's proxies pass on; each answers once done. */
export interface ProxyControl {
  /**
   * From now on the proxy takes these headers out; only what the plan says may be.
   * @param pod of the proxy's program
   * @throws where it does not run
   */
  strip(pod: string, proxy: ProxyName, headers: readonly string[]): Promise<void>;
  /** Ends that. */
  pass(pod: string, proxy: ProxyName, headers: readonly string[]): Promise<void>;
  /** Of how many requests it took any out, by its own log. */
  strippedRequests(pod: string, proxy: ProxyName): Promise<number>;
}

/** What faults do to what pods send to each other; each answers when it is done. */
export interface LinkControl {
  /**
   * Drops what some pods send to another's own address, at most until one of them is made anew.
   * @throws where one of them does not run, or that one has no record in front of it
   */
  cut(senders: readonly string[], to: string): Promise<void>;
  /** Ends that. @returns what was dropped. @throws where it was not begun */
  join(senders: readonly string[], to: string): Promise<{ readonly droppedPackets: number }>;
}

/** What faults do to taps, by the names of their records; each answers when it is done. */
export interface TapControl {
  /**
   * What the tap stands for seems gone: connections break with all requests under way, and new ones
   * are refused. Ends with the run at the latest.
   * @param instead it seems to be there, and each request is answered so
   * @throws where nothing listens
   */
  refuse(recorder: string, instead?: Instead): Promise<void>;
  /** Ends that. @returns whom it met, as the tap itself counted */
  accept(recorder: string): Promise<Refusal>;
}

/** What faults do to pods; each answers when it is done. */
export interface PodControl {
  /**
   * Sends a signal to the container's process. What SIGKILL ends has `ending: 'fault'`.
   * @throws where the pod has no running container, or when it ended can't be known exactly
   */
  signal(pod: string, signal: PodSignal): Promise<void>;
  /** State letter of the container's process: `T` is stopped, undefined is gone. */
  processState(pod: string): Promise<string | undefined>;
  /** Deletes the pod gracefully and makes it again: same name and volumes, new address. */
  replacePod(pod: string, graceMs: number): Promise<void>;
  /**
   * Charges memory to the container's cgroup until the kernel has killed in it, and takes it back.
   * @throws where it has no limit, no cgroup can be had, or nothing was killed in half a minute
   */
  exhaustMemory(pod: string): Promise<MemoryKill>;
  /** SIGKILL, and what its volumes hold is gone before its next container starts. */
  wipeVolumes(pod: string): Promise<Wiped>;
  /**
   * Gives a tier's workload another number of replicas, and returns once that is under way. Pods
   * come under the names that their controller gives them; those that go end with their grace, and
   * `ending: 'fault'`. A StatefulSet's claims stay.
   * @throws where no workload with replicas makes the tier's pods
   */
  scale(tier: string, replicas: number): Promise<void>;
  /**
   * Addresses of a tier's pods that its Services lead to now: of those that are ready and stay.
   * Undefined where no Service leads to it.
   */
  endpoints(tier: string): Promise<readonly string[] | undefined>;
}

/** What the kernel did when a container's memory was full. */
export interface MemoryKill {
  /** How many it killed in that cgroup, by the cgroup's own count. */
  readonly kernelKills: number;
  /** The container's process, which was one of them. */
  readonly pid: number;
  readonly limitBytes: number;
  /** What was charged beside what the container had. */
  readonly ballastBytes: number;
}

/** What was taken out of a pod's volumes. */
export interface Wiped {
  readonly files: number;
  readonly bytes: number;
}

export type PodSignal = 'SIGKILL' | 'SIGSTOP' | 'SIGCONT';
