import type { V1Container, V1Volume } from '@kubernetes/client-node';
import { type AppPod, appPods, appTier } from '../../scenario/apps.ts';
import type { Versions } from '../acquire/index.ts';
import { type AppProgram, appEntryPort, appFolder, appProgram } from '../app-programs.ts';
import { ingressPort } from '../app-proxy.ts';
import type { StackSpec } from '../types.ts';
import type { RunCommand } from './commands.ts';
import type { PodRole } from './lives.ts';
import type { Manifest } from './manifests.ts';
import type { NodePrograms } from './node-exec.ts';

type Spec = Pick<StackSpec, 'app' | 'pods' | 'pipeline'>;

/** What a planned pod runs, of which others only wait. */
export interface PodProgram {
  readonly container: V1Container;
  readonly volumes: readonly V1Volume[];
}

/** On each worker node; it goes with the node, or with the next run that needs it. */
const folderOnNode = '/var/lib/otel-pipeline-bench-app';
const filesVolume = 'files';
const servicesVolume = 'services';

/** The images of the sample application; none where it is not asked for. */
export const appImages = ({ app }: Spec, images: Versions['images']): string[] =>
  app ? [images.node, images.caddy, images['nats-server']] : [];

/** Copies the services' program into nodes. */
export async function putApp(
  run: RunCommand,
  programs: Pick<NodePrograms, 'run'>,
  { app }: Spec,
  nodes: readonly string[],
): Promise<void> {
  if (!app) return;
  for (const node of nodes) {
    await programs.run(node, ['rm', '-rf', folderOnNode]);
    await run('docker', ['cp', app.folder, `${node}:${folderOnNode}`]);
  }
}

/** Each pod of the application, with what it runs. */
function programsOf({ app, pods, pipeline }: Spec) {
  if (!app) return [];
  const { users } = app;
  return appPods.flatMap((name, i) => {
    const pod = pods[users.firstPod + i];
    if (!pod) return [];
    const hostOf = (own: AppPod): string => `${own}.${pod.namespace}.svc.cluster.local`;
    return [{ name, pod, own: appProgram(name, users, hostOf, appEntryPort(pipeline)) }];
  });
}

/** What planned pods run, by their names. */
export const appPrograms = (
  spec: Spec,
  images: Versions['images'],
): ReadonlyMap<string, PodProgram> =>
  new Map(programsOf(spec).map(({ name, pod, own }) => [pod.name, podProgram(name, own, images)]));

function podProgram(
  name: AppPod,
  { program, args, environment, files, ports, ready }: AppProgram,
  images: Versions['images'],
): PodProgram {
  const folders = [...new Set(Object.keys(files).map((file) => file.replace(/\/[^/]+$/, '')))];
  const isService = program === 'node';
  return {
    container: {
      name,
      image: images[program],
      imagePullPolicy: 'IfNotPresent',
      // The queue's image has it as its entry, at a place of its own.
      ...(program === 'nats-server' ? {} : { command: [program] }),
      args: [...args],
      env: environment.map(({ name: key, value }) =>
        'field' in value
          ? { name: key, valueFrom: { fieldRef: { fieldPath: value.field } } }
          : { name: key, value: 'literal' in value ? value.literal : '' },
      ),
      ports: ports.map((port) => ({
        containerPort: port,
        ...(name === 'ingress' && port === ingressPort ? { hostPort: port } : {}),
      })),
      readinessProbe: { httpGet: { port: ready.port, path: ready.path }, periodSeconds: 1 },
      volumeMounts: [
        ...folders.map((mountPath) => ({ name: filesVolume, mountPath })),
        ...(isService ? [{ name: servicesVolume, mountPath: appFolder, readOnly: true }] : []),
      ],
    },
    volumes: [
      ...(folders.length > 0 ? [{ name: filesVolume, configMap: { name } }] : []),
      ...(isService ? [{ name: servicesVolume, hostPath: { path: folderOnNode } }] : []),
    ],
  };
}

/** The names by which the application's pods find each other, and their files. */
export const appObjects = (spec: Spec): Manifest[] =>
  programsOf(spec).flatMap(({ name, pod: { namespace }, own: { files, ports } }) => {
    const texts = Object.entries(files).map(([file, text]) => [file.split('/').at(-1), text]);
    return [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace },
        spec: {
          selector: { app: name },
          ports: ports.map((port) => ({ name: `p${port}`, port, targetPort: port })),
        },
      },
      ...(texts.length > 0
        ? [
            {
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { name, namespace },
              data: Object.fromEntries(texts),
            },
          ]
        : []),
    ];
  });

/** Where users ask: the port of its node that is the ingress'; undefined where none do. */
export function usersUrlOf(
  spec: Spec,
  nodes: readonly { readonly address: string }[],
): string | undefined {
  const ingress = programsOf(spec).find(({ name }) => name === 'ingress');
  return ingress && `http://${nodes[ingress.pod.node]?.address}:${ingressPort}`;
}

/** What a pod of the application is to the run, by its namespace and name. */
export function appRole(spec: Spec, namespace: string, name: string): PodRole | undefined {
  const ordinal = programsOf(spec).findIndex(
    ({ pod }) => pod.namespace === namespace && pod.name === name,
  );
  return ordinal < 0 ? undefined : { tier: appTier, ordinal };
}
