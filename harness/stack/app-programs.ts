import { entryOf } from '../pipeline/entry.ts';
import type { EnvironmentVariable, Pipeline } from '../pipeline/types.ts';
import type { PlannedUsers } from '../plan/types.ts';
import type { AppPod, AppService } from '../scenario/apps.ts';
import { caddyfileOf, ingressPort, proxyPorts } from './app-proxy.ts';

/** What a pod of the sample application runs, whichever runtime starts it. */
export interface AppProgram {
  readonly program: 'node' | 'caddy' | 'nats-server';
  readonly args: readonly string[];
  readonly environment: readonly EnvironmentVariable[];
  /** By their path in the pod. */
  readonly files: Readonly<Record<string, string>>;
  /** At which others ask it. */
  readonly ports: readonly number[];
  readonly ready: { readonly port: number; readonly path: string };
}

/** Where services have the folder with their program. */
export const appFolder = '/app';

const servicePort = 8080;
const queuePort = 4222;
const queueHealthPort = 8222;
const caddyfile = '/etc/caddy/Caddyfile';
/** Spans leave soon, so that what a run waits for does not hang on them. */
const flushEveryMs = 500;

/** The port of each node at which the application's services send their spans. */
export function appEntryPort(pipeline: Pipeline): number {
  const entry = entryOf(pipeline);
  return entry?.tier.workload.ports.find((p) => p.port === entry.port)?.hostPort ?? 0;
}

/**
 * @param hostOf where the others find a pod, by name or by address
 * @param otlpPort at which a node takes OTLP over HTTP
 */
export function appProgram(
  name: AppPod,
  users: PlannedUsers,
  hostOf: (pod: AppPod) => string,
  otlpPort: number,
): AppProgram {
  if (name === 'ingress') return ingress(users, hostOf);
  if (name === 'queue') return queue;
  return service(name, users, hostOf, otlpPort);
}

const ingress = ({ load, strips }: PlannedUsers, hostOf: (pod: AppPod) => string): AppProgram => ({
  program: 'caddy',
  args: ['run', '--config', caddyfile, '--adapter', 'caddyfile'],
  environment: [],
  files: {
    [caddyfile]: caddyfileOf(
      load.proxies,
      {
        ingress: `${hostOf('frontend')}:${servicePort}`,
        'payment-proxy': `${hostOf('payment')}:${servicePort}`,
      },
      strips,
    ),
  },
  ports: Object.values(proxyPorts),
  ready: { port: ingressPort, path: '/healthz' },
});

const queue: AppProgram = {
  program: 'nats-server',
  args: ['--addr', '0.0.0.0', '--port', `${queuePort}`, '--http_port', `${queueHealthPort}`],
  environment: [],
  files: {},
  ports: [queuePort],
  ready: { port: queueHealthPort, path: '/healthz' },
};

function service(
  name: AppService,
  { load: { propagators, messages } }: PlannedUsers,
  hostOf: (pod: AppPod) => string,
  otlpPort: number,
): AppProgram {
  const own = propagators[name];
  const environment: EnvironmentVariable[] = [
    { name: 'NODE_IP', value: { field: 'status.hostIP' } },
    { name: 'POD_IP', value: { field: 'status.podIP' } },
    ...Object.entries({
      SHOP_SERVICE: name,
      CHECKOUT_URL: `http://${hostOf('checkout')}:${servicePort}`,
      PAYMENT_URL: `http://${hostOf('ingress')}:${proxyPorts['payment-proxy']}`,
      QUEUE_SERVERS: `${hostOf('queue')}:${queuePort}`,
      MESSAGE_CONTEXT: messages,
      OTEL_SERVICE_NAME: name,
      OTEL_RESOURCE_ATTRIBUTES: 'k8s.pod.ip=$(POD_IP)',
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://$(NODE_IP):${otlpPort}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_BSP_SCHEDULE_DELAY: `${flushEveryMs}`,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...(own ? { OTEL_PROPAGATORS: own.join(',') } : {}),
    }).map(([key, literal]) => ({ name: key, value: { literal } })),
  ];
  return {
    program: 'node',
    args: ['--require', `${appFolder}/telemetry.js`, `${appFolder}/service.js`],
    environment,
    files: {},
    ports: [servicePort],
    ready: { port: servicePort, path: '/healthz' },
  };
}
