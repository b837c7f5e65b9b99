export interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
  /** Only this file or folder of the volume, at the path itself. */
  readonly subPath?: string;
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value:
    | { readonly literal: string }
    | { readonly field: string }
    | { readonly limit: 'limits.memory' | 'limits.cpu'; readonly divisor?: number };
}

export interface Volume {
  readonly name: string;
  readonly source:
    | { readonly files: Readonly<Record<string, string>> }
    | { readonly emptyDir: true }
    /** A folder of the node that the pod runs on. */
    | { readonly hostPath: string }
    | { readonly claim: string };
}

/** A folder of a volume that is there before the collector starts. */
export interface MadeFolder {
  readonly volume: string;
  /** Below the volume's root. */
  readonly path: string;
}

/** What a pod's init containers do for its collector, as far as their commands tell. */
export interface InitContainers {
  readonly makes: readonly MadeFolder[];
  /** Names of those that do what nobody can tell without running them. */
  readonly unknown: readonly string[];
}
