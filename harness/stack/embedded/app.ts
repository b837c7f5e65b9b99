import { entryOf } from '../../pipeline/entry.ts';
import type { EnvironmentVariable } from '../../pipeline/types.ts';
import type { PlannedPod, PlannedUsers } from '../../plan/types.ts';
import { type AppPod, type AppService, appPods, appTier } from '../../scenario/apps.ts';
import type { BinaryName } from '../acquire/index.ts';
import type { StackSpec } from '../types.ts';
import { plannedPodAddress } from './addresses.ts';
import { caddyfileOf, ingressPort, proxyPorts } from './app-proxy.ts';
import type { PodSpec } from './podspec.ts';

/** The programs that run the sample application. */
interface AppPrograms {
  readonly node: string;
  readonly caddy: string;
  readonly nats: string;
  /** Holds `service.js` with its packages. */
  readonly folder: string;
}

const servicePort = 8080;
const queuePort = 4222;
const queueHealthPort = 8222;
const caddyfile = '/etc/caddy/Caddyfile';
/** Spans leave soon, so that what a run waits for does not hang on them. */
const flushEveryMs = 500;

/** Where users ask, in the run's own network. */
export const usersUrlOf = (users: PlannedUsers): string =>
  `http://${addressOf(users, 'ingress')}:${ingressPort}`;

const addressOf = ({ firstPod }: PlannedUsers, pod: AppPod): string =>
  plannedPodAddress(firstPod + appPods.indexOf(pod));

/**
 * The pods of the sample application that a run is asked for; none where it is not.
 * @param node the program that runs its services
 */
export function appPodsOf({ app, pods, pipeline, binaries }: StackSpec, node: string): PodSpec[] {
  if (!app) return [];
  const entry = entryOf(pipeline);
  const { hostPort = 0 } = entry?.tier.workload.ports.find((p) => p.port === entry.port) ?? {};
  const pathOf = (name: BinaryName): string => binaries.get(name)?.path ?? '';
  const programs = {
    node,
    caddy: pathOf('caddy'),
    nats: pathOf('nats-server'),
    folder: app.folder,
  };
  return appPodSpecs(app.users, pods, programs, hostPort);
}

/**
 * The sample application's pods. Each has the address and place of its planned pod, which the API
 * lists; services find each other by address and send their spans to their own node, as they would
 * by the downward API's `status.hostIP`.
 *
 * @param otlpPort at which the node takes OTLP over HTTP
 */
function appPodSpecs(
  users: PlannedUsers,
  planned: readonly PlannedPod[],
  programs: AppPrograms,
  otlpPort: number,
): PodSpec[] {
  return appPods.map((name, i) => {
    const pod = planned[users.firstPod + i];
    const base = baseOf(name, i, pod, addressOf(users, name));
    if (name === 'ingress') return { ...base, ...ingressOf(users, programs) };
    if (name === 'queue') return { ...base, ...queueOf(programs) };
    return { ...base, ...serviceOf(name, users, programs, otlpPort) };
  });
}

function baseOf(name: AppPod, ordinal: number, pod: PlannedPod | undefined, address: string) {
  return {
    name: pod?.name ?? name,
    tier: appTier,
    ordinal,
    node: pod?.node ?? 0,
    namespace: pod?.namespace ?? '',
    workload: name,
    labels: pod?.labels ?? {},
    annotations: {},
    serviceAccount: 'default',
    environment: [],
    files: {},
    volumes: [],
    memoryLimitBytes: undefined,
    cpuLimit: undefined,
    graceMs: 5_000,
    address,
  } satisfies Partial<PodSpec>;
}

const ingressOf = (users: PlannedUsers, { caddy }: AppPrograms) => ({
  binary: caddy,
  args: ['run', '--config', caddyfile, '--adapter', 'caddyfile'],
  files: {
    [caddyfile]: caddyfileOf(users.load.proxies, {
      ingress: `${addressOf(users, 'frontend')}:${servicePort}`,
      'payment-proxy': `${addressOf(users, 'payment')}:${servicePort}`,
    }),
  },
  ready: { port: ingressPort, path: '/healthz' },
});

const queueOf = ({ nats }: AppPrograms) => ({
  binary: nats,
  args: ['--addr', '0.0.0.0', '--port', `${queuePort}`, '--http_port', `${queueHealthPort}`],
  ready: { port: queueHealthPort, path: '/healthz' },
});

function serviceOf(
  service: AppService,
  users: PlannedUsers,
  { node, folder }: AppPrograms,
  otlpPort: number,
) {
  const { propagators, messages } = users.load;
  const own = propagators[service];
  const environment: EnvironmentVariable[] = [
    { name: 'NODE_IP', value: { field: 'status.hostIP' } },
    { name: 'POD_IP', value: { field: 'status.podIP' } },
    ...Object.entries({
      SHOP_SERVICE: service,
      CHECKOUT_URL: `http://${addressOf(users, 'checkout')}:${servicePort}`,
      PAYMENT_URL: `http://${addressOf(users, 'ingress')}:${proxyPorts['payment-proxy']}`,
      QUEUE_SERVERS: `${addressOf(users, 'queue')}:${queuePort}`,
      MESSAGE_CONTEXT: messages,
      OTEL_SERVICE_NAME: service,
      OTEL_RESOURCE_ATTRIBUTES: 'k8s.pod.ip=$(POD_IP)',
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://$(NODE_IP):${otlpPort}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_BSP_SCHEDULE_DELAY: `${flushEveryMs}`,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...(own ? { OTEL_PROPAGATORS: own.join(',') } : {}),
    }).map(([name, literal]) => ({ name, value: { literal } })),
  ];
  return {
    binary: node,
    args: ['--require', '/app/telemetry.js', '/app/service.js'],
    environment,
    folders: [{ path: '/app', from: folder }],
    isDynamic: true,
    ready: { port: servicePort, path: '/healthz' },
  };
}
