import type { Draft } from '../../collector/draft.ts';
import { put } from '../../collector/draft.ts';
import { hasExpansion } from '../../lib/expansion.ts';
import { object, text, texts } from '../../pipeline/read.ts';
import type { Component } from '../../pipeline/types.ts';

const machine = 'host.id host.image.id host.name host.type';
const place = 'cloud.account.id cloud.platform cloud.provider cloud.region cloud.availability_zone';
const log = 'aws.log.group.names aws.log.stream.names';

/**
 * What detectors set (resourcedetectionprocessor v0.152.0, internal/<detector>/metadata.yaml).
 * Those that set more, by what they find, stand in no row.
 */
const detected: Readonly<Record<string, string>> = {
  akamai: `${place} ${machine} host.image.name`,
  aks: 'cloud.platform cloud.provider k8s.cluster.name',
  azure: `${place} ${machine} azure.resourcegroup.name azure.vm.name azure.vm.scaleset.name azure.vm.size`,
  digitalocean: `${place} ${machine}`,
  docker: 'container.image.name container.name host.name os.type',
  ec2: `${place} ${machine}`,
  ecs: `${place} ${log} aws.log.group.arns aws.log.stream.arns aws.ecs.cluster.arn aws.ecs.launchtype aws.ecs.task.arn aws.ecs.task.family aws.ecs.task.id aws.ecs.task.revision`,
  eks: `${place} ${machine} k8s.cluster.name`,
  elastic_beanstalk:
    'cloud.platform cloud.provider deployment.environment service.instance.id service.version',
  gcp: `${place} ${machine} faas.instance faas.name faas.version gcp.cloud_run.job.execution gcp.cloud_run.job.task_index gcp.gce.instance.hostname gcp.gce.instance.name gcp.gce.instance_group_manager.name gcp.gce.instance_group_manager.region gcp.gce.instance_group_manager.zone k8s.cluster.name`,
  hetzner: `${place} ${machine}`,
  k8snode: 'k8s.node.name k8s.node.uid',
  kubeadm: 'k8s.cluster.name k8s.cluster.uid',
  lambda: `${place} ${log} faas.instance faas.max_memory faas.name faas.version`,
  openshift: `${place} k8s.cluster.name`,
  system:
    'host.arch host.cpu.cache.l2.size host.cpu.family host.cpu.model.id host.cpu.model.name host.cpu.stepping host.cpu.vendor.id host.id host.interface host.ip host.mac host.name os.build.id os.description os.name os.type os.version',
};

/**
 * What a `resourcedetection` processor may set, in the order of its detectors: undefined values are
 * such as only the place where it runs can tell.
 *
 * @returns undefined where it can set anything
 */
export function detectedBy({
  config,
}: Component): ReadonlyMap<string, string | undefined> | undefined {
  const found = new Map<string, string | undefined>();
  for (const detector of config.detectors === undefined ? ['env'] : texts(config.detectors)) {
    const own = detector === 'env' ? readEnvironment(config.environment) : keysOf(detector, config);
    if (!own) return undefined;
    // The first that finds something has it (resourcedetection.go, MergeResource).
    for (const [key, value] of own) if (found.get(key) === undefined) found.set(key, value);
  }
  return hasExpansion(config.detectors) ? undefined : found;
}

function keysOf(detector: string, config: Component['config']) {
  const { tags, labels } = object(config[detector]);
  if (tags != null || labels != null) return undefined;
  return detected[detector]?.split(' ').map((key) => [key, undefined] as const);
}

/** `key=value,key=value`, percent-encoded (internal/env/env.go); undefined for what is not so. */
function readEnvironment(written: unknown): (readonly [string, string])[] | undefined {
  const own = text(written);
  if (own === undefined) return undefined;
  if (own === '') return [];
  const pairs: (readonly [string, string])[] = [];
  for (const part of own.replace(/,\s*$/, '').split(',')) {
    const [, key = '', value = ''] = /^\s*([ -~]+?)\s*=\s*([ -~]*?)\s*$/.exec(part) ?? [];
    if (key === '' || /[+%=]/.test(value)) return undefined;
    pairs.push([key, value]);
  }
  return pairs;
}

/** Merges what was detected into the resource. */
export function detect(draft: Draft, component: Component): void {
  const overrides = component.config.override !== false;
  const { resource: values, uncertainResource: uncertain } = draft;
  for (const [key, value] of detectedBy(component) ?? []) {
    const isThere = Object.hasOwn(values, key) && !uncertain.has(key);
    if (isThere && !overrides) continue;
    if (value === undefined || (uncertain.has(key) && !overrides)) uncertain.add(key);
    else put({ values, uncertain }, key, value);
  }
}
