import type { PlannedPod, PlannedUsers } from '../../plan/types.ts';
import { type AppPod, appPods, appTier } from '../../scenario/apps.ts';
import { type AppProgram, appEntryPort, appFolder, appProgram } from '../app-programs.ts';
import { ingressPort } from '../app-proxy.ts';
import type { StackSpec } from '../types.ts';
import { plannedPodAddress } from './addresses.ts';
import type { PodSpec } from './podspec.ts';

/** Where users ask, in the run's own network. */
export const usersUrlOf = (users: PlannedUsers): string =>
  `http://${addressOf(users, 'ingress')}:${ingressPort}`;

const addressOf = ({ firstPod }: PlannedUsers, pod: AppPod): string =>
  plannedPodAddress(firstPod + appPods.indexOf(pod));

/**
 * The sample application's pods; none where a run is not asked for it. Each has the address and
 * place of its planned pod, which the API lists; services find each other by address and send their
 * spans to their own node, as they would by the downward API's `status.hostIP`.
 *
 * @param node the program that runs its services
 */
export function appPodsOf({ app, pods, pipeline, binaries }: StackSpec, node: string): PodSpec[] {
  if (!app) return [];
  const { users, folder } = app;
  return appPods.map((name, i) => {
    const own = appProgram(name, users, (pod) => addressOf(users, pod), appEntryPort(pipeline));
    const { program, args, environment, files, ready } = own;
    return {
      ...baseOf(name, i, pods[users.firstPod + i], addressOf(users, name)),
      binary: program === 'node' ? node : (binaries.get(program)?.path ?? ''),
      args,
      environment,
      files,
      ready,
      ...(program === 'node' ? serviceFolder(folder) : {}),
    };
  });
}

const serviceFolder = (from: string) => ({
  folders: [{ path: appFolder, from }],
  isDynamic: true,
});

const baseOf = (
  name: AppPod,
  ordinal: number,
  pod: PlannedPod | undefined,
  address: string,
): Omit<PodSpec, keyof AppProgram | 'binary'> => ({
  name: pod?.name ?? name,
  tier: appTier,
  ordinal,
  node: pod?.node ?? 0,
  namespace: pod?.namespace ?? '',
  workload: name,
  labels: pod?.labels ?? {},
  annotations: {},
  serviceAccount: 'default',
  volumes: [],
  memoryLimitBytes: undefined,
  cpuLimit: undefined,
  graceMs: 5_000,
  address,
});
