import { faults } from './faults/index.ts';
import type { Problem } from './lib/errors.ts';
import { allocatorsOf } from './pipeline/allocator.ts';
import { type Entry, entryOf, logFilesOf, scrapedOf } from './pipeline/entry.ts';
import { type Pipeline, signals } from './pipeline/types.ts';
import { kindConfigFile } from './prepare.ts';
import type { Scenario } from './scenario/types.ts';
import type { AcquireSettings, BinaryName } from './stack/acquire/index.ts';
import { startEmbedded } from './stack/embedded/index.ts';
import { findIsolation } from './stack/embedded/isolation.ts';
import { unusableImages, unusablePrograms } from './stack/embedded/podspec.ts';
import type { StartStack } from './stack/types.ts';

export const runtimeNames = ['embedded', 'kind'] as const;

export type RuntimeName = (typeof runtimeNames)[number];

/** What the command line must know of a runtime. */
export interface Runtime {
  readonly binaries: readonly BinaryName[];
  /** Programs that a pipeline asks for beside those, and that something stands for. */
  readonly more: (pipeline: Pipeline) => readonly BinaryName[];
  /** What a scenario asks for that this runtime can't do; said before anything is started. */
  refusals(scenario: Scenario, pipeline: Pipeline): readonly Problem[];
  /**
   * Makes sure that the machine has what the runtime stands on, before anything is downloaded or
   * built, and removes what dead runs left.
   * @throws UserError
   */
  ready(
    settings: AcquireSettings,
    onEvent: (text: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
  start(settings: AcquireSettings): StartStack;
}

/** Kubernetes' client loads longer than all the rest: only who asks for kind waits for it. */
const loadKind = () => import('./stack/kind/index.ts');

export const runtimes: Readonly<Record<RuntimeName, Runtime>> = {
  embedded: {
    binaries: ['otelcol-contrib', 'tempo', 'loki', 'prometheus', 'k6'],
    more: (pipeline) => (allocatorsOf(pipeline).length > 0 ? ['target-allocator'] : []),
    refusals: (scenario, pipeline) => [
      ...faultsOn('embedded', scenario, pipeline),
      ...usersNeedNodes(scenario, pipeline),
      ...noCertificatesOfTheLoad(scenario, pipeline),
      ...unusableImages(pipeline),
      ...unusablePrograms(pipeline),
      ...ownAddressesBy('service', 'by a Service', scenario, pipeline),
      ...ownAddressesBy('pod', 'by sidecars', scenario, pipeline),
    ],
    ready: async () => void findIsolation(process.getuid?.() === 0),
    start: () => startEmbedded,
  },
  kind: {
    binaries: ['kind'],
    more: () => [],
    refusals: (scenario, pipeline) => [
      ...faultsOn('kind', scenario, pipeline),
      ...usersNeedNodes(scenario, pipeline),
      ...noSidecarsOnKind(pipeline),
      ...noLogFilesOnKind(pipeline),
      ...noTargetsOnKind(pipeline),
      ...noTlsOnKind(pipeline),
      ...ownAddresses(scenario, 'on kind: all of the load comes from one pod'),
    ],
    ready: async ({ environment }, onEvent, signal) =>
      (await loadKind()).readyKind(environment, onEvent, signal),
    start: (acquire) => async (spec, onEvent, signal) => {
      const { createKindRuntime } = await loadKind();
      return createKindRuntime({ acquire, configFile: kindConfigFile })(spec, onEvent, signal);
    },
  },
};

/** Loads whose pods are known by their connections alone. */
const ownAddresses = ({ load, place }: Scenario, why: string): Problem[] =>
  load.flatMap(({ address }, i) => {
    if (address !== 'connection') return [];
    const message = `pods do not send from addresses of their own ${why}`;
    return { place: place(['load', i, 'address']), message, hint: 'address: attribute' };
  });

/** A recorder stands between a pod and what it enters by, but for its node's own agent. */
const ownAddressesBy = (
  by: Entry['by'],
  how: string,
  scenario: Scenario,
  pipeline: Pipeline,
): Problem[] =>
  signals.some((signal) => entryOf(pipeline, signal)?.by === by)
    ? ownAddresses(scenario, `where the load enters ${how}: a recorder stands between`)
    : [];

const noSidecarsOnKind = ({ tiers }: Pipeline): Problem[] =>
  tiers.flatMap(({ name, workload: { kind, place } }) => {
    if (kind !== 'sidecar') return [];
    const message = `tier "${name}" is a sidecar, which is not run on kind yet`;
    return [{ place, message, hint: 'run it with --runtime embedded' }];
  });

/** Nothing writes files on a real node. */
const noLogFilesOnKind = (pipeline: Pipeline): Problem[] => {
  const files = logFilesOf(pipeline, 'logs')?.files;
  if (!files) return [];
  const message = `log records enter by the files that ${files.id} tails, which are not written on kind yet`;
  return [{ place: files.place, message, hint: 'run it with --runtime embedded' }];
};

/** Nothing serves targets in a real cluster. */
const noTargetsOnKind = (pipeline: Pipeline): Problem[] => {
  const [target] = scrapedOf(pipeline)?.targets ?? [];
  if (!target) return [];
  const message = `metrics enter by targets that ${target.receiver.id} scrapes, which are not served on kind yet`;
  return [{ place: target.receiver.place, message, hint: 'run it with --runtime embedded' }];
};

/** The sample application's services send to their own node, as the downward API tells them. */
const usersNeedNodes = ({ users, place }: Scenario, pipeline: Pipeline): Problem[] => {
  const entry = users && entryOf(pipeline);
  if (!entry) return [];
  const port = entry.tier.workload.ports.find((own) => own.port === entry.port);
  const isHttp = entry.protocol === 'http';
  if (isHttp && entry.by === 'node' && port?.hostPort !== undefined) return [];
  const message = `users' services send to their own node, where tier "${entry.tier.name}" has no host port for OTLP over HTTP`;
  return [{ place: place(['users']), message, hint: 'a DaemonSet with a hostPort for OTLP' }];
};

/** The pods of a real cluster do not trust a run's authority, and no recorder there ends TLS. */
const noTlsOnKind = ({ backends, tiers }: Pipeline): Problem[] => {
  const hint = 'run it with --runtime embedded';
  const ended = 'which the recorder ends on the embedded runtime only';
  const outside = backends.flatMap(({ id, tls, place }) =>
    tls ? [{ place, message: `${id} speaks TLS, ${ended}`, hint }] : [],
  );
  const between = tiers.flatMap(({ name, tlsEnds = [], workload: { place } }) =>
    tlsEnds.map(({ receiver, port }) => {
      const message = `receiver "${receiver}" of tier "${name}" ends TLS at port ${port}, ${ended}`;
      return { place, message, hint };
    }),
  );
  return [...outside, ...between];
};

/** What the load and the sample application do not speak: they show no certificate. */
const noCertificatesOfTheLoad = ({ users, place }: Scenario, pipeline: Pipeline): Problem[] => {
  const entries = signals.flatMap((signal) => entryOf(pipeline, signal) ?? []);
  const [asking] = entries.filter(({ tier, port }) =>
    tier.tlsEnds?.some((end) => end.port === port && end.asks),
  );
  const [encrypted] = entries.filter(({ tls }) => tls);
  if (asking) {
    const message = `tier "${asking.tier.name}" asks applications for a certificate (client_ca_file), and the load has none`;
    const { tier, receiver, protocol } = asking;
    const path = ['protocols', protocol, 'tls', 'client_ca_file'];
    const place = receiver?.placeOf?.(path) ?? tier.workload.place;
    const setting = `${tier.settable}.receivers.${[receiver?.id, ...path].join('.')}`;
    const hint =
      tier.settable === undefined
        ? 'for the test, leave it out, in a copy of the folder'
        : `for the test, --set '${setting}=null'`;
    return [{ place, message, hint }];
  }
  if (!users || !encrypted) return [];
  const message = `users' services send plainly, and tier "${encrypted.tier.name}" ends TLS`;
  return [{ place: place(['users']), message, hint: 'for the test, --set its tls to null' }];
};

/** Faults that a runtime can't do. */
const faultsOn = (
  runtime: RuntimeName,
  { faults: all, place }: Scenario,
  pipeline: Pipeline,
): Problem[] =>
  all.flatMap(({ kind, target }, i) => {
    const workload = pipeline.tiers.find(({ name }) => name === target.tier)?.workload.kind;
    // A tier that is not there is a mistake of its own.
    const isAllocated = allocatorsOf(pipeline).some(({ tier }) => tier === target.tier);
    const message = workload && faults[kind].unavailable({ runtime, workload, isAllocated });
    return message === undefined ? [] : { place: place(['faults', i, kind]), message };
  });
