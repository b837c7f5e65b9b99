import type { PlannedFault } from '../plan/types.ts';
import type { PodLife, RunningStack } from '../stack/types.ts';

/** Proof that a fault happened, gathered by whoever did it. */
export interface Receipt {
  readonly fault: number;
  readonly kind: string;
  /** As written: `gateway/1`. */
  readonly target: string;
  readonly pod: string;
  readonly injectedMs: number;
  readonly healedMs: number | undefined;
  /** The fault took effect, as `proof` shows. */
  readonly bit: boolean;
  readonly proof: Readonly<Record<string, string | number | boolean>>;
}

/** Where a fault shall be done. */
export interface Ground {
  readonly runtime: RunningStack['runtime'];
  /** What makes the pods of its target. */
  readonly workload: 'deployment' | 'statefulset' | 'daemonset' | 'sidecar';
  /** A target allocator shares targets out among its pods. */
  readonly isAllocated?: boolean;
}

interface Available {
  /** Why this runtime can't do it, and which can; undefined where it can. */
  unavailable(on: Ground): string | undefined;
}

/** One fault of a kind: what it does to one pod and how it proves that it did. */
export interface PodFault extends Available {
  /** The pods of its target are met one after another, each once the one before it is back. */
  readonly oneByOne?: true;
  inject(
    stack: RunningStack,
    pod: PodLife,
    fault: PlannedFault,
    nowMs: () => number,
  ): Promise<Receipt>;
}

/** What is done to a tier as a whole, whose pods may not be there yet. */
export interface TierFault extends Available {
  /** @returns a receipt for each pod of which anything was seen */
  injectAll(
    stack: RunningStack,
    fault: PlannedFault,
    nowMs: () => number,
  ): Promise<readonly Receipt[]>;
}

export type Fault = PodFault | TierFault;
