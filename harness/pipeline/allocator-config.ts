import { stringify } from 'yaml';
import type { Allocator } from './allocator.ts';
import { object, type Plain, text } from './read.ts';

/** Where the allocator's program finds its configuration. */
export const allocatorConfigFile = '/conf/targetallocator.yaml';

/**
 * The text that the operator writes for an allocator, defaults of the resource's definition
 * included (v0.148.0, internal/manifests/targetallocator/configmap.go and the fields' defaults in
 * apis/v1beta1).
 */
export function allocatorConfig(allocator: Allocator): string {
  const { spec, jobs, global } = allocator;
  const config = {
    ...(Object.keys(global).length > 0 ? { global } : {}),
    ...(Object.keys(jobs).length > 0 ? { scrape_configs: Object.values(jobs) } : {}),
  };
  const monitors = object(spec.prometheusCR);
  return stringify({
    ...(Object.keys(config).length > 0 ? { config } : {}),
    collector_selector: { matchlabels: collectorLabels(allocator) },
    allocation_strategy: text(spec.allocationStrategy) ?? 'consistent-hashing',
    filter_strategy: text(spec.filterStrategy) ?? 'relabel-config',
    ...(monitors.enabled === true ? { prometheus_cr: monitorsConfig(monitors) } : {}),
    collector_not_ready_grace_period: text(spec.collectorNotReadyGracePeriod) ?? '30s',
  });
}

/** By which it finds the pods that scrape (internal/manifests/manifestutils/labels.go). */
const collectorLabels = ({ tier, namespace }: Allocator): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/managed-by': 'opentelemetry-operator',
  'app.kubernetes.io/instance': `${namespace}.${tier}`,
  'app.kubernetes.io/part-of': 'opentelemetry',
  'app.kubernetes.io/component': 'opentelemetry-collector',
});

/** What the resource leaves out stays out: of some it means all, of others nothing. */
function monitorsConfig(written: Plain): Plain {
  const given = Object.entries(monitorKeys).flatMap(([key, called]) =>
    written[key] === undefined || written[key] === null ? [] : [[called, written[key]]],
  );
  return {
    enabled: true,
    scrape_interval: '30s',
    evaluation_interval: '30s',
    ...Object.fromEntries(given),
  };
}

const monitorKeys = {
  scrapeInterval: 'scrape_interval',
  evaluationInterval: 'evaluation_interval',
  scrapeProtocols: 'scrape_protocols',
  scrapeClasses: 'scrape_classes',
  allowNamespaces: 'allow_namespaces',
  denyNamespaces: 'deny_namespaces',
  serviceMonitorSelector: 'service_monitor_selector',
  serviceMonitorNamespaceSelector: 'service_monitor_namespace_selector',
  podMonitorSelector: 'pod_monitor_selector',
  podMonitorNamespaceSelector: 'pod_monitor_namespace_selector',
  scrapeConfigSelector: 'scrape_config_selector',
  scrapeConfigNamespaceSelector: 'scrape_config_namespace_selector',
  probeSelector: 'probe_selector',
  probeNamespaceSelector: 'probe_namespace_selector',
} as const;
