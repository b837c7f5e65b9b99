import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { apiAddress, dnsAddress } from './addresses.ts';
import { resolvConf } from './dns.ts';
import type { PodSpec } from './podspec.ts';

/** Where pods' file trees are built: on the tmpfs that only the run sees. */
const podsFolder = '/run/bench';
const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const script = join(import.meta.dirname, 'container.sh');
/** Shown to every container as they are. */
const sharedPaths = ['/proc', '/dev', '/sys', '/etc/ssl'];

export interface ContainerSettings {
  readonly spec: PodSpec;
  readonly life: number;
  readonly address: string;
  readonly hostAddress: string;
  readonly nodeName: string;
  readonly uid: string;
  readonly cgroup: string | undefined;
  readonly logFile: string;
  /** Folder of the run in which volumes are kept. */
  readonly volumesFolder: string;
  readonly authority: string;
  readonly token: string;
}

/** Name of a pod's network namespace. */
const netnsOf = (pod: string): string => pod;

/**
 * Starts one container in its pod's network: a fresh file tree with its config, ServiceAccount
 * files and volumes. The child is the container's own process: its exit code is the container's.
 */
export function startContainer(settings: ContainerSettings): ChildProcess {
  const { spec, life, cgroup, logFile } = settings;
  const root = join(podsFolder, spec.name, String(life));
  const binary = `/bin/${basename(spec.binary)}`;
  writeTree(root, settings);
  const binds: [string, string][] = [[spec.binary, binary]];
  for (const path of sharedPaths) if (existsSync(path)) binds.push([path, path]);
  for (const [path, claim] of Object.entries(spec.claims)) {
    const folder = join(settings.volumesFolder, claim);
    mkdirSync(folder, { recursive: true });
    binds.push([folder, path]);
  }
  for (const path of spec.emptyDirs) {
    // On disk, as a node has it: what is written there is not the pod's memory. It goes with the
    // pod, not with its container.
    const folder = join(settings.volumesFolder, 'empty', settings.uid, path);
    mkdirSync(folder, { recursive: true });
    binds.push([folder, path]);
  }
  for (const [, to] of binds) makeTarget(root, to, binary);
  const log = openSync(logFile, 'a');
  const child = spawn(
    'nsenter',
    [
      `--net=/run/netns/${netnsOf(spec.name)}`,
      'sh',
      script,
      root,
      cgroup ?? '-',
      String(binds.length),
      ...binds.flat(),
      binary,
      ...spec.args,
    ],
    { env: environmentOf(settings), stdio: ['ignore', log, log] },
  );
  closeSync(log);
  return child;
}

function makeTarget(root: string, to: string, binary: string): void {
  const target = join(root, to);
  if (to === binary) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, '');
  } else mkdirSync(target, { recursive: true });
}

function writeTree(root: string, { spec, authority, token, address }: ContainerSettings): void {
  const files: Record<string, string> = {
    ...spec.files,
    '/etc/resolv.conf': resolvConf(dnsAddress, spec.namespace),
    '/etc/hosts': `127.0.0.1 localhost\n${address} ${spec.name}\n`,
    [`${accountFolder}/ca.crt`]: authority,
    [`${accountFolder}/token`]: token,
    [`${accountFolder}/namespace`]: spec.namespace,
  };
  mkdirSync(join(root, 'tmp'), { recursive: true, mode: 0o777 });
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Downward API fields that a pod may ask for. */
function fieldOf(
  { spec, address, hostAddress, nodeName, uid }: ContainerSettings,
  field: string,
): string {
  const label = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(field);
  if (label) return spec[label[1] as 'labels' | 'annotations'][label[2] ?? ''] ?? '';
  const known: Record<string, string> = {
    'metadata.name': spec.name,
    'metadata.namespace': spec.namespace,
    'metadata.uid': uid,
    'spec.nodeName': nodeName,
    'spec.serviceAccountName': spec.serviceAccount,
    'status.podIP': address,
    'status.hostIP': hostAddress,
  };
  return known[field] ?? '';
}

function environmentOf(settings: ContainerSettings): NodeJS.ProcessEnv {
  const { spec } = settings;
  const environment: NodeJS.ProcessEnv = {
    PATH: '/bin:/usr/bin:/usr/sbin:/sbin',
    HOSTNAME: spec.name,
    HOME: '/',
    KUBERNETES_SERVICE_HOST: apiAddress,
    KUBERNETES_SERVICE_PORT: '443',
  };
  for (const { name, value } of spec.environment) {
    if ('literal' in value) environment[name] = expand(value.literal, environment);
    else if ('field' in value) environment[name] = fieldOf(settings, value.field);
    else {
      const limit = value.limit === 'limits.memory' ? spec.memoryLimitBytes : spec.cpuLimit;
      if (limit !== undefined) environment[name] = String(Math.ceil(limit / (value.divisor ?? 1)));
    }
  }
  return environment;
}

/** `$(NAME)` stands for an earlier variable, as in a container's env. */
const expand = (text: string, known: NodeJS.ProcessEnv): string =>
  text.replace(/\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g, (whole, name: string) => known[name] ?? whole);
