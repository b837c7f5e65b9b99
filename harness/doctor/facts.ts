import type { Survey } from '../stack/acquire/index.ts';

/**
 * What was found out about this machine; plain data, so that the advice can be tested without it.
 */
export interface Facts {
  /** Values of `process.platform` and `process.arch`. */
  readonly os: string;
  readonly arch: string;
  readonly cpus: number;
  readonly memoryGigabytes: number;
  readonly nodeVersion: string;
  readonly isRoot: boolean;
  readonly inContainer: boolean;
  /** Windows Subsystem for Linux, and which. */
  readonly wsl: 1 | 2 | undefined;
  /** `ID` and `ID_LIKE` of /etc/os-release. */
  readonly distribution: readonly string[];
  /** Programs of the system that the embedded runtime calls and that are not there. */
  readonly missingTools: readonly string[];
  readonly namespaces: Tried<string>;
  readonly kernel: KernelSettings;
  /** What a run does first in its namespaces; undefined where there are none to try it in. */
  readonly network: Tried<undefined> | undefined;
  readonly memoryCgroup: 1 | 2 | undefined;
  readonly reports: { readonly freeGigabytes: number; readonly sockets: Tried<undefined> };
  readonly mirror: string | undefined;
  readonly programs: Tried<Survey>;
  readonly docker: DockerFacts;
  readonly kindPrograms: Tried<Survey>;
}

/** Something that was really tried: what came of it, or why it failed. */
export type Tried<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** Undefined where the kernel has no such setting. */
export interface KernelSettings {
  readonly apparmorRestrictsNamespaces: number | undefined;
  readonly unprivilegedNamespaces: number | undefined;
  readonly maxUserNamespaces: number | undefined;
}

export type DockerFacts =
  | { readonly state: 'answers'; readonly version: string; readonly memoryGigabytes: number }
  | { readonly state: 'absent' }
  | { readonly state: 'forbidden' | 'silent'; readonly reason: string };
