import type { BackendKind } from '../../pipeline/types.ts';
import type { AcquireSettings, Versions } from '../acquire/index.ts';
import type { StackSpec } from '../types.ts';
import type { Kube } from './api.ts';
import type { RunCommand } from './commands.ts';
import type { RunNames } from './names.ts';
import type { Platform } from './platform.ts';
import type { ShopPod } from './shop.ts';

/** All that the steps of a start share. */
export interface StartContext {
  readonly spec: StackSpec;
  readonly onEvent: (text: string) => void;
  readonly signal: AbortSignal;
  readonly run: RunCommand;
  readonly names: RunNames;
  /** The cluster's name in `configFile`. */
  readonly configName: string;
  readonly configFile: string;
  readonly kindBinary: string;
  readonly kubeconfigFile: string;
  /** The warm cluster's API; undefined where the run makes a cluster of its own. */
  readonly warm: Kube | undefined;
  /** Goes with the run. */
  readonly scratchFolder: string;
  readonly acquire: AcquireSettings;
  /** `uid:gid` as which containers write files. */
  readonly user: string | undefined;
  /** Has something done when the stack ends, last in, first out. */
  readonly atEnd: (ending: () => Promise<void> | void) => void;
  readonly end: () => Promise<void>;
}

/** A worker node, by its index among the worker nodes. */
export interface WorkerNode {
  readonly name: string;
  readonly address: string;
}

/** What comes up beside the tap; each is awaited where it is needed, and no sooner. */
export interface ComingUp {
  /** The images of the pipeline are in the nodes where its pods may be. */
  readonly images: Promise<void>;
  /** cert-manager and the operator. */
  readonly platform: Promise<void>;
  /** The Services of the backends are there, whether or not somebody listens behind them. */
  readonly backendServices: Promise<void>;
  readonly backends: Promise<void>;
  readonly shop: Promise<readonly ShopPod[]>;
}

/** The cluster with all that the pipeline stands on. */
export interface Ground {
  readonly context: StartContext;
  readonly kube: Kube;
  readonly images: Versions['images'];
  readonly kinds: readonly BackendKind[];
  readonly nodes: readonly WorkerNode[];
  readonly platform: Platform;
  readonly comingUp: ComingUp;
  /** Told when collectors run: what is needed only by the load may have the processors then. */
  readonly onCollectorsRun: () => void;
}
