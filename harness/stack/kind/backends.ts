import { stringify } from 'yaml';
import { parseYaml } from '../../lib/yaml.ts';
import type { BackendKind, Tier } from '../../pipeline/types.ts';
import { apiPort, backendPod, ingestPort, targetsFile } from '../embedded/podspec.ts';
import { type Manifest, namespaceOf } from './manifests.ts';

/** The namespace of what belongs to the bench and not to the pipeline. */
export const benchNamespace = 'otel-pipeline-bench';
const metricsPort = 8888;

/** Ports of a backend that must be reached from outside the cluster. */
export const outerPorts = (kind: BackendKind): number[] => {
  const { grpc, http } = ingestPort[kind];
  return [...new Set([apiPort[kind], grpc, http])].filter((port) => port > 0);
};

const portName = (port: number): string => `p${port}`;

/**
 * A backend as a pod: configured by the same file as embedded, its data gone with it, each of its
 * ports reached through the nodes.
 *
 * @param node name of the node that it runs on
 * @param rules rule files of Prometheus, by path
 */
export function backendObjects(
  kind: BackendKind,
  image: string,
  config: string,
  node: string,
  rules?: Readonly<Record<string, string>>,
): Manifest[] {
  const { args, files, volumes, ready } = backendPod(kind, '', config, rules);
  const metadata = { name: kind, namespace: benchNamespace, labels: { app: kind } };
  const mounts = [...new Set(Object.keys(files).map((file) => file.replace(/\/[^/]+$/, '')))];
  const texts = Object.entries(files).map(([file, text]) => [file.split('/').at(-1) ?? '', text]);
  const probe = 'port' in ready ? { httpGet: { port: ready.port, path: ready.path } } : {};
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: Object.fromEntries(texts) },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: {
        nodeName: node,
        serviceAccountName: kind,
        terminationGracePeriodSeconds: 5,
        containers: [
          {
            name: kind,
            image,
            imagePullPolicy: 'IfNotPresent',
            args,
            readinessProbe: { ...probe, periodSeconds: 1, failureThreshold: 1 },
            volumeMounts: [
              ...mounts.map((path) => ({ name: 'config', mountPath: path })),
              ...volumes.map(({ path }) => ({ name: 'data', mountPath: path })),
            ],
          },
        ],
        volumes: [
          { name: 'config', configMap: { name: kind } },
          { name: 'data', emptyDir: {} },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'NodePort',
        selector: { app: kind },
        ports: outerPorts(kind).map((port) => ({
          name: portName(port),
          port,
          targetPort: port,
          protocol: 'TCP',
        })),
      },
    },
  ];
}

/** What backends share: their namespace, their accounts, and Prometheus' right to find pods. */
export function sharedObjects(kinds: readonly BackendKind[]): Manifest[] {
  const accounts = kinds.map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: benchNamespace },
  }));
  const name = `${benchNamespace}-prometheus`;
  const group = 'rbac.authorization.k8s.io';
  return [
    namespaceOf(benchNamespace),
    ...accounts,
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata: { name },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: 'prometheus', namespace: benchNamespace }],
    },
  ];
}

/**
 * Prometheus' configuration with a scrape job for each tier instead of the list of targets that
 * the embedded runtime writes; the series have the same labels.
 */
export function withTierJobs(config: string, tiers: readonly Tier[]): string {
  const [document] = parseYaml('prometheus.yaml', config).documents;
  const written = document?.value as { scrape_configs?: readonly ScrapeJob[] };
  const byFile = (job: ScrapeJob): boolean =>
    job.file_sd_configs?.some(({ files }) => files.includes(targetsFile)) ?? false;
  const others = (written.scrape_configs ?? []).filter((job) => !byFile(job));
  return stringify({ ...written, scrape_configs: [...others, ...tiers.map(tierJob)] });
}

interface ScrapeJob {
  readonly file_sd_configs?: readonly { readonly files: readonly string[] }[];
}

function tierJob({ name, workload }: Tier): ScrapeJob & { readonly job_name: string } {
  const label = Object.entries(workload.labels).map(([key, value]) => `${key}=${value}`);
  const pod = (what: string): string => `__meta_kubernetes_pod_${what}`;
  const job = {
    job_name: `collectors/${name}`,
    kubernetes_sd_configs: [
      {
        role: 'pod',
        namespaces: { names: [workload.namespace] },
        selectors: [{ role: 'pod', label: label.join(',') }],
      },
    ],
    relabel_configs: [
      { source_labels: [pod('phase')], regex: 'Pending|Succeeded|Failed', action: 'drop' },
      {
        source_labels: [pod('ip')],
        target_label: '__address__',
        replacement: `$1:${metricsPort}`,
      },
      { source_labels: [pod('name')], target_label: 'pod' },
      { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
      { target_label: 'tier', replacement: name },
    ],
  };
  return job;
}
