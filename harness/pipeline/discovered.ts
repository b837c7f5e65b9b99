import { labelName } from '../lib/labels.ts';
import { type ApplicationPod, type Applications, targetPortOf } from './applications.ts';
import { list, object, type Plain, text, texts } from './read.ts';
import type { Labels } from './relabel.ts';

/** Roles of `kubernetes_sd_configs` whose targets the bench knows. */
const roles = ['pod', 'endpoints', 'endpointslice'];

/** Of a job's service discovery nothing else is asked than what the bench knows. */
export const isKnownDiscovery = (job: Plain): boolean => {
  const kinds = Object.keys(job).filter((key) => key.endsWith('_sd_configs'));
  return (
    kinds.every((kind) => kind === 'kubernetes_sd_configs') &&
    list(job[kinds[0] ?? '']).every(isKnown)
  );
};

const isKnown = (written: unknown): boolean => {
  const { role, selectors, api_server, kubeconfig_file, attach_metadata } = object(written);
  const others = [selectors, api_server, kubeconfig_file, attach_metadata];
  return roles.includes(text(role) ?? '') && others.every((one) => one === undefined);
};

/**
 * What service discovery finds of the folder's applications for a job, with the labels that it
 * tells of each (prometheus v0.311, discovery/kubernetes: pod.go, endpoints.go, endpointslice.go).
 */
export const discoveredOf = (
  job: Plain,
  applications: Applications,
  own: string,
): readonly Labels[] =>
  list(job.kubernetes_sd_configs).flatMap((written) => {
    const { role, namespaces } = object(written);
    const asked = object(namespaces);
    const names = [...texts(asked.names), ...(asked.own_namespace === true ? [own] : [])];
    const isAsked = (namespace: string): boolean => names.length === 0 || names.includes(namespace);
    if (role === 'pod') return ofPods(applications.pods.filter((one) => isAsked(one.namespace)));
    const kind = role === 'endpointslice' ? 'endpointslice' : 'endpoint';
    return ofServices(applications, isAsked, kind);
  });

const meta = (name: string): string => `__meta_kubernetes_${name}`;

function marked(what: string, marks: Readonly<Record<string, string>>): Labels {
  return Object.fromEntries(
    Object.entries(marks).flatMap(([key, value]) => [
      [meta(`${what}_${labelName(key)}`), value],
      [meta(`${what}present_${labelName(key)}`), 'true'],
    ]),
  );
}

function podLabels(pod: ApplicationPod): Labels {
  return {
    [meta('namespace')]: pod.namespace,
    [meta('pod_name')]: pod.name,
    [meta('pod_ip')]: pod.address,
    [meta('pod_ready')]: 'true',
    [meta('pod_phase')]: 'Running',
    [meta('pod_controller_kind')]: pod.owner.kind,
    [meta('pod_controller_name')]: pod.owner.name,
    ...marked('pod_label', pod.labels),
    ...marked('pod_annotation', pod.annotations),
  };
}

type Container = ApplicationPod['containers'][number];

const containerLabels = (
  { name, image }: Container,
  port?: Container['ports'][number],
): Labels => ({
  [meta('pod_container_name')]: name,
  [meta('pod_container_image')]: image,
  ...(port
    ? {
        [meta('pod_container_port_name')]: port.name,
        [meta('pod_container_port_number')]: String(port.port),
        [meta('pod_container_port_protocol')]: 'TCP',
      }
    : {}),
});

const ofPods = (pods: readonly ApplicationPod[]): Labels[] =>
  pods.flatMap((pod) =>
    pod.containers.flatMap((container) =>
      container.ports.map((port) => ({
        __address__: `${pod.address}:${port.port}`,
        ...podLabels(pod),
        ...containerLabels(container, port),
        [meta('pod_container_init')]: 'false',
      })),
    ),
  );

/** Each endpoint at each port, and the other ports of the pods behind them. */
function ofServices(
  { services }: Applications,
  isAsked: (namespace: string) => boolean,
  kind: 'endpoint' | 'endpointslice',
): Labels[] {
  return services
    .filter(({ namespace }) => isAsked(namespace))
    .flatMap((service) => {
      const around = {
        [meta('service_name')]: service.name,
        ...marked('service_label', service.labels),
        ...marked('service_annotation', service.annotations),
      };
      return service.pods.flatMap((pod) => {
        const led = service.ports.flatMap((port) => {
          const number = targetPortOf(port, pod);
          return number === undefined ? [] : [{ name: port.name, number }];
        });
        const known = pod.containers.flatMap((container) =>
          container.ports.map((port) => ({ container, port })),
        );
        const ends = led.map(({ name, number }) => {
          const behind = known.find(({ port }) => port.port === number);
          return {
            __address__: `${pod.address}:${number}`,
            ...podLabels(pod),
            ...(behind ? containerLabels(behind.container, behind.port) : {}),
            ...around,
            ...endLabels(kind, pod, name, number),
          };
        });
        const others = known
          .filter(({ port }) => !led.some(({ number }) => number === port.port))
          .map(({ container, port }) => ({
            __address__: `${pod.address}:${port.port}`,
            ...podLabels(pod),
            ...containerLabels(container, port),
            ...around,
          }));
        return [...ends, ...others];
      });
    });
}

function endLabels(kind: string, pod: ApplicationPod, port: string, number: number): Labels {
  const isSlice = kind === 'endpointslice';
  return {
    [meta(`${kind}_port_name`)]: port,
    [meta(`${kind}_port_protocol`)]: 'TCP',
    ...(isSlice ? { [meta('endpointslice_port')]: String(number) } : {}),
    [meta(isSlice ? 'endpointslice_endpoint_conditions_ready' : 'endpoint_ready')]: 'true',
    [meta(`${kind}_address_target_kind`)]: 'Pod',
    [meta(`${kind}_address_target_name`)]: pod.name,
  };
}
