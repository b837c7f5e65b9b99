import type { V1Pod } from '@kubernetes/client-node';
import { messageOf } from '../../lib/errors.ts';
import type { Tier } from '../../pipeline/types.ts';
import { identityOf } from '../../tap/format.ts';
import type { TapFile } from '../types.ts';
import { frontsOf, type Led, portsOf, sharesOf } from './fronts.ts';
import type { Ground } from './ground.ts';
import type { NodePrograms } from './node-exec.ts';
import { type Front, frontRules, guardRules, type Rules, takeRules } from './redirect.ts';
import type { RoleOf } from './roles.ts';
import { type ClusterTap, fileInside } from './tap.ts';
import type { PodWatcher } from './watcher.ts';

/**
 * Keeps the tap in front of every pod that another tier sends to, whenever it comes and goes. Until
 * it stands in front of a new pod, nodes drop what opens connections to that pod.
 */
export interface FrontKeeper {
  /** From now on pods get their recorders: nothing of the pipeline may run before. */
  begin(): Promise<void>;
  /** Has what comes to these addresses led by the tap as well. */
  lead(led: readonly Led[]): Promise<void>;
  /** A pod came, went or changed. */
  look(): void;
  /** Resolves when the tap is in front of every pod that has an address now. */
  settled(): Promise<void>;
  /** From now on pods that come and go are let be. */
  end(): void;
  /** Name of the record in front of a pod, by its uid. */
  recorderOf(uid: string): string | undefined;
}

export interface KeeperParts {
  readonly ground: Ground;
  readonly tap: ClusterTap;
  /** Addresses of what is no pod, as CIDR. */
  readonly outside: readonly string[];
  readonly programs: Pick<NodePrograms, 'run'>;
  readonly watcher: () => Pick<PodWatcher, 'pods'>;
  readonly roleOf: RoleOf;
  /** Gets a file for each recorded pod. */
  readonly tapFiles: Map<string, TapFile>;
  readonly fileOf: (name: string) => string;
  /** Told when a pod can't be recorded any more. */
  readonly onFailure: (why: string) => void;
}

export function keepFronts(parts: KeeperParts): FrontKeeper {
  const { ground, programs, tap, outside, watcher, onFailure } = parts;
  const state = {
    fronts: [] as Front[],
    led: [] as Led[],
    made: 0,
    begun: false,
    written: new Map<string, string>(),
    names: new Map<string, { readonly name: string; readonly pod: string }>(),
  };
  const reconcile = async (): Promise<void> => {
    const { pods } = watcher();
    for (const { pod, tier, ordinal } of newPods(parts, pods, state.names)) {
      const { name: podName = '', uid = '' } = pod.metadata ?? {};
      const earlier = [...state.names.values()].filter((own) => own.pod === podName).length;
      const { spec } = ground.context;
      const own = frontsOf(spec, { pod, tier, ordinal, earlier }, ground.nodes, state.made);
      state.made += own.length;
      const [first] = own;
      if (!first) continue;
      state.names.set(uid, { name: first.name, pod: podName });
      await openAll(parts, own);
      state.fronts.push(...own);
    }
    const gone = state.fronts.filter(({ uid }) => !pods.has(uid));
    for (const front of gone) tap.shut(endpointOf(front));
    state.fronts = state.fronts.filter((front) => !gone.includes(front));
    const shares = sharesOf(state.led, state.fronts, pods);
    await Promise.all(
      ground.nodes.map(async ({ name: node }) => {
        const nat = frontRules({ fronts: state.fronts, shares }, node, tap.address);
        await writeRules(programs, node, { nat }, state.written);
      }),
    );
  };
  const next = inTurn(reconcile);
  const look = (): void => {
    if (state.begun) next().catch((error: unknown) => onFailure(messageOf(error)));
  };
  return {
    begin: async () => {
      const { spec } = ground.context;
      const ports = spec.pipeline.tiers.flatMap((tier) => [...portsOf(spec, tier).keys()]);
      await Promise.all(
        ground.nodes.map(({ name }) =>
          takeRules(programs, name, { filter: guardRules(ports, outside) }),
        ),
      );
      state.begun = true;
      await next();
    },
    lead: async (led) => {
      state.led.push(...led);
      await next();
    },
    look,
    settled: next,
    end: () => {
      state.begun = false;
    },
    recorderOf: (uid) => state.names.get(uid)?.name,
  };
}

/** Pods with an address that have no record yet. */
function newPods(
  { ground, roleOf }: KeeperParts,
  pods: ReadonlyMap<string, V1Pod>,
  known: ReadonlyMap<string, unknown>,
): { pod: V1Pod; tier: Tier; ordinal: number }[] {
  return [...pods].flatMap(([uid, pod]) => {
    if (known.has(uid) || pod.status?.podIP === undefined) return [];
    const role = roleOf(pod);
    const tier = ground.context.spec.pipeline.tiers.find(({ name }) => name === role?.tier);
    return role && tier ? [{ pod, tier, ordinal: role.ordinal }] : [];
  });
}

const endpointOf = ({ name, port }: Front): string => `${name}:${port}`;

async function openAll(parts: KeeperParts, fronts: readonly Front[]): Promise<void> {
  const { ground, tap, tapFiles, fileOf } = parts;
  const { spec } = ground.context;
  for (const front of fronts) {
    const { name, tier, pod, protocol, tapPort, nodeAddress, wayIn } = front;
    const hop = { tier };
    tapFiles.set(name, { name, file: fileOf(name), hop, pod });
    await tap.open({
      name: endpointOf(front),
      protocol,
      listen: { host: '0.0.0.0', port: tapPort },
      upstream: { host: nodeAddress, port: wayIn },
      file: fileInside(name),
      identity: identityOf(spec.runId, { name, hop, pod }),
    });
  }
}

async function writeRules(
  programs: KeeperParts['programs'],
  node: string,
  rules: Rules,
  written: Map<string, string>,
): Promise<void> {
  const text = JSON.stringify(rules);
  if (written.get(node) === text) return;
  await takeRules(programs, node, rules);
  written.set(node, text);
}

/** One at a time; what is asked for while one works is done once, after it. */
function inTurn(work: () => Promise<void>): () => Promise<void> {
  let working: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  const run = (): Promise<void> => {
    working = work().finally(() => {
      working = undefined;
    });
    return working;
  };
  return () => {
    if (!working) return run();
    waiting ??= working
      .catch(() => undefined)
      .then(() => {
        waiting = undefined;
        return run();
      });
    return waiting;
  };
}
