import { labelName } from '../lib/labels.ts';
import { list, number, object, type Plain, text, texts } from './read.ts';
import type { Resource } from './types.ts';

/** One endpoint of a ServiceMonitor or PodMonitor, as the job that is made of it. */
export interface MonitorJob {
  readonly monitor: Resource;
  /** Where the endpoint stands in the monitor. */
  readonly path: readonly PropertyKey[];
  readonly port: string | undefined;
  readonly job: Plain;
  /** The first setting whose effect on samples is not modelled. */
  readonly unmodelled: string | undefined;
}

export const isMonitor = ({ kind, apiVersion }: Resource): boolean =>
  apiVersion === 'monitoring.coreos.com/v1' && kind in endpointsKey;

const endpointsKey = { ServiceMonitor: 'endpoints', PodMonitor: 'podMetricsEndpoints' } as const;

/**
 * The jobs that the allocator makes of a monitor, by prometheus-operator's generator (v0.89.0,
 * pkg/prometheus/promcfg.go, generateServiceMonitorConfig and generatePodMonitorConfig). What
 * shares targets out among shards is left out: the allocator has one.
 */
export function jobsOfMonitor(monitor: Resource, interval: string): MonitorJob[] {
  const key = endpointsKey[monitor.kind as keyof typeof endpointsKey];
  const spec = object(monitor.value.spec);
  return list(spec[key]).map((written, i) => {
    const endpoint = object(written);
    const isOfPods = monitor.kind === 'PodMonitor';
    const name = `${isOfPods ? 'podMonitor' : 'serviceMonitor'}/${monitor.namespace}/${monitor.name}/${i}`;
    const role = isOfPods ? 'pod' : 'endpointslice';
    const { any, matchNames } = object(spec.namespaceSelector);
    const names = texts(matchNames);
    const namespaces = { names: names.length > 0 ? names : [monitor.namespace] };
    const discovery = { role, ...(any === true ? {} : { namespaces }) };
    const job: Plain = {
      job_name: name,
      scrape_interval: text(endpoint.interval) || interval,
      metrics_path: text(endpoint.path) || '/metrics',
      scheme: (text(endpoint.scheme) ?? 'http').toLowerCase(),
      kubernetes_sd_configs: [discovery],
      relabel_configs: rulesOf(monitor, spec, endpoint),
      ...(endpoint.metricRelabelings === undefined
        ? {}
        : { metric_relabel_configs: list(endpoint.metricRelabelings).map(ruleOf) }),
    };
    const path = ['spec', key, i];
    const port = text(endpoint.port) || text(endpoint.targetPort);
    return { monitor, path, port, job, unmodelled: unmodelledOf(spec, endpoint) };
  });
}

const unmodelledKeys = [
  ...['sampleLimit', 'labelLimit', 'labelNameLengthLimit', 'labelValueLengthLimit'],
  ...['bodySizeLimit', 'targetLimit', 'scrapeClass', 'attachMetadata', 'proxyUrl'],
  ...['authorization', 'basicAuth', 'oauth2', 'bearerTokenSecret', 'bearerTokenFile', 'params'],
  ...['honorLabels', 'serviceDiscoveryRole'],
];

const unmodelledOf = (spec: Plain, endpoint: Plain): string | undefined =>
  unmodelledKeys.find((key) => (spec[key] ?? endpoint[key] ?? false) !== false);

/** The readers of rules take a dollar for two, as in a collector's configuration. */
const dollars = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('$', '$$$$')) as T;

const keep = (source_labels: string[], regex: string) => ({ action: 'keep', source_labels, regex });
const drop = (source_labels: string[], regex: string) => ({ action: 'drop', source_labels, regex });
const copy = (source: string, target_label: string) => ({
  source_labels: [`__meta_kubernetes_${source}`],
  target_label,
});
const given = (source: string, target_label: string) => ({
  ...copy(source, target_label),
  regex: '(.+)',
});

function rulesOf(monitor: Resource, spec: Plain, endpoint: Plain): Plain[] {
  const isOfPods = monitor.kind === 'PodMonitor';
  const own = isOfPods ? 'pod_label' : 'service_label';
  const running = endpoint.filterRunning === false ? [] : [notEnded];
  const selected = selectorRules(object(spec.selector), own.slice(0, -'_label'.length));
  const fromPod = texts(spec.podTargetLabels).map((label) =>
    given(`pod_label_${labelName(label)}`, labelName(label)),
  );
  const jobLabel = text(spec.jobLabel) ?? '';
  const port = text(endpoint.port) || text(endpoint.targetPort);
  const named = [
    ...(jobLabel === '' ? [] : [given(`${own}_${labelName(jobLabel)}`, 'job')]),
    ...(port === undefined ? [] : [{ target_label: 'endpoint', replacement: port }]),
    ...list(endpoint.relabelings).map(ruleOf),
  ];
  const first = { source_labels: ['job'], target_label: '__tmp_prometheus_job_name' };
  const rules: Plain[] = isOfPods
    ? [
        first,
        ...running,
        ...selected,
        ...portRules(endpoint, 'pod_container_port_name'),
        copy('namespace', 'namespace'),
        copy('pod_container_name', 'container'),
        copy('pod_name', 'pod'),
        ...fromPod,
        { target_label: 'job', replacement: `${monitor.namespace}/${monitor.name}` },
        ...named,
      ]
    : [
        first,
        ...selected,
        ...portRules(endpoint, 'endpointslice_port_name'),
        copy('namespace', 'namespace'),
        copy('service_name', 'service'),
        copy('pod_name', 'pod'),
        copy('pod_container_name', 'container'),
        ...running,
        ...texts(spec.targetLabels).map((label) =>
          given(`service_label_${labelName(label)}`, labelName(label)),
        ),
        ...fromPod,
        copy('service_name', 'job'),
        ...named,
      ];
  return rules;
}

const notEnded = drop(['__meta_kubernetes_pod_phase'], '(Failed|Succeeded)');

function selectorRules({ matchLabels, matchExpressions }: Plain, of: string): Plain[] {
  const present = (key: string): string => `__meta_kubernetes_${of}_labelpresent_${labelName(key)}`;
  const both = (key: string): string[] => [
    `__meta_kubernetes_${of}_label_${labelName(key)}`,
    present(key),
  ];
  const equal = Object.entries(object(matchLabels)).map(([key, value]) =>
    keep(both(key), `(${String(value)});true`),
  );
  const others = list(matchExpressions).flatMap((written) => {
    const { key: name, operator, values } = object(written);
    const key = text(name) ?? '';
    const any = `(${texts(values).join('|')});true`;
    if (operator === 'In') return [keep(both(key), any)];
    if (operator === 'NotIn') return [drop(both(key), any)];
    return [operator === 'Exists' ? keep([present(key)], 'true') : drop([present(key)], 'true')];
  });
  return [...equal, ...others];
}

function portRules(endpoint: Plain, portLabel: string): Plain[] {
  const port = text(endpoint.port) ?? '';
  if (port !== '') return [keep([`__meta_kubernetes_${portLabel}`], port)];
  const numbered = number(endpoint.portNumber) ?? endpoint.targetPort;
  if (numbered === undefined) return [];
  const kind = typeof numbered === 'number' ? 'number' : 'name';
  return [keep([`__meta_kubernetes_pod_container_port_${kind}`], String(numbered))];
}

/** As generateRelabelConfig writes it. */
function ruleOf(written: unknown): Plain {
  const { sourceLabels, separator, targetLabel, regex, modulus, replacement, action } =
    object(written);
  const rule = {
    source_labels: sourceLabels,
    separator,
    target_label: targetLabel,
    regex,
    modulus,
    replacement,
    action,
  };
  return dollars(
    Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)),
  );
}
