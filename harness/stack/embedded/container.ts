import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import type { Hiding } from '../../tap/hide.ts';
import { apiAddress, dnsAddress } from './addresses.ts';
import { resolvConf } from './dns.ts';
import { keepHidden } from './hidden-log.ts';
import { encodeWord, librariesFolder, librariesPath, podsFolder } from './pod-base.ts';
import type { PodSpec, PodVolume } from './podspec.ts';

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const parentScript = join(import.meta.dirname, 'container-parent.sh');
const script = join(import.meta.dirname, 'container.sh');
/** Where a program may look for the authorities that the machine trusts (as Go does). */
const authorities = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'];

export interface ContainerSettings {
  readonly spec: PodSpec;
  /** Made by the bench, see `Pod.id`. */
  readonly id: string;
  readonly life: number;
  readonly address: string;
  readonly hostAddress: string;
  readonly nodeName: string;
  readonly uid: string;
  readonly cgroup: string | undefined;
  /** Where its CPU quota stands; undefined where it has none. */
  readonly cpuCgroup?: string | undefined;
  readonly logFile: string;
  /** What the log must not hold. */
  readonly hiding: Hiding;
  /** Folder of the run in which volumes are kept. */
  readonly volumesFolder: string;
  readonly authority: string;
  /** PEM of an authority that it trusts beside those that the machine trusts. */
  readonly trusted?: string | undefined;
  readonly token: string;
}

/** The folder that is a life's `/`, as the run sees it. */
export const rootOf = (id: string, life: number): string =>
  join(podsFolder, id, String(life), 'root');

/** Something of the run's that the container sees. */
interface Bind {
  readonly options: string;
  readonly from: string;
  readonly to: string;
}

const readOnly = 'ro,nosuid,nodev';
const volumeOptions = 'nosuid,nodev,noexec';

/**
 * Starts one container in its pod's network: a root of its own with its config, ServiceAccount
 * files and volumes, processes of its own. The child waits for the container and ends as it does;
 * it is not the container itself, see `containerOf`.
 */
export function startContainer(settings: ContainerSettings): ChildProcess {
  const { spec, id, life, cgroup, logFile, hiding } = settings;
  const root = rootOf(id, life);
  const binary = `/bin/${basename(spec.binary)}`;
  for (const folder of ['dev', 'proc', 'tmp', '.start', 'bin']) {
    mkdirSync(join(root, folder), { recursive: true, mode: folder === 'tmp' ? 0o777 : 0o755 });
  }
  writeFileSync(join(root, binary), '');
  const binds: Bind[] = [
    { options: readOnly, from: join(podsFolder, 'start'), to: '/.start' },
    { options: readOnly, from: spec.binary, to: binary },
    ...cgroupBind(root, cgroup),
    ...programBinds(root, spec),
  ];
  const volumes = mountVolumes(root, settings);
  writeFiles(root, volumes, filesOf(settings));
  const folder = dirname(root);
  const lines = [...binds, ...volumes].flatMap(({ options, from, to }) => [
    options,
    encodeWord(from),
    encodeWord(to),
  ]);
  const vector = [...environmentOf(settings), binary, ...spec.args];
  writeFileSync(join(folder, 'binds'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'hostname'), `${hostnameOf(spec)}\n`);
  writeFileSync(join(folder, 'vector'), `${vector.map(encodeWord).join('\n')}\n`);
  const log = openSync(logFile, 'a');
  const child = spawn(
    'nsenter',
    [
      `--net=/run/netns/${id}`,
      'unshare',
      ...['--mount', '--ipc', '--pid', '--uts'],
      'sh',
      parentScript,
      script,
      folder,
      cgroup ?? '-',
      settings.cpuCgroup ?? '-',
    ],
    // By way of this process only where something is to be hidden.
    { stdio: hiding.isIdle ? ['ignore', log, log] : ['ignore', 'pipe', 'pipe'] },
  );
  if (hiding.isIdle) closeSync(log);
  else keepHidden(child, log, hiding);
  return child;
}

/** Folders that hold programs of the bench, and the libraries of a program that needs some. */
function programBinds(root: string, { folders = [], isDynamic = false }: PodSpec): Bind[] {
  const libraries = isDynamic ? [{ path: librariesPath(), from: librariesFolder }] : [];
  return [...folders, ...libraries].map(({ path, from }) => {
    makeFolder(root, path);
    return { options: readOnly, from, to: path };
  });
}

/** Its own memory cgroup, where a program looks for its limit. */
function cgroupBind(root: string, cgroup: string | undefined): Bind[] {
  if (cgroup === undefined) return [];
  const isFirst = existsSync(join(cgroup, 'memory.limit_in_bytes'));
  const to = isFirst ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup';
  mkdirSync(join(root, to), { recursive: true });
  return [{ options: `${readOnly},noexec`, from: cgroup, to }];
}

/** Folders of volumes, outer ones first, as one may be mounted inside another. */
function mountVolumes(root: string, settings: ContainerSettings): Bind[] {
  const volumes = [...settings.spec.volumes].sort((a, b) => a.path.length - b.path.length);
  const binds: Bind[] = [];
  for (const volume of volumes) {
    const to = normalize(volume.path);
    makeFolder(...inside(root, binds, to));
    const from = folderOf(volume, settings);
    for (const folder of volume.folders ?? []) makeFolder(from, folder);
    const options = volume.readOnly ? `ro,${volumeOptions}` : volumeOptions;
    binds.push({ options, from, to });
  }
  return binds;
}

/** Folders of the volumes that are a pod's own, and that it may write to. */
export const volumeFolders = (settings: Omit<Settled, 'id' | 'life'>): string[] =>
  settings.spec.volumes
    .filter(({ source, readOnly: isFixed }) => !isFixed && !('node' in source))
    .map((volume) => folderOf(volume, settings));

type Settled = Pick<ContainerSettings, 'spec' | 'id' | 'life' | 'uid' | 'volumesFolder'>;

/** Where a path of a container stands for the run, once it has ended: in a volume, or its root. */
export function whereIs(
  path: string,
  settings: Settled,
): { readonly base: string; readonly below: string } {
  const holding = settings.spec.volumes.filter((volume) => isBelow(path, normalize(volume.path)));
  const volume = holding.sort((a, b) => b.path.length - a.path.length)[0];
  if (!volume) return { base: rootOf(settings.id, settings.life), below: path };
  return {
    base: folderOf(volume, settings),
    below: path.slice(normalize(volume.path).length),
  };
}

const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

/** On disk, as a node has it: what is written there is not the pod's memory. */
function folderOf({ source }: PodVolume, settings: Omit<Settled, 'id' | 'life'>): string {
  const { volumesFolder, uid, spec } = settings;
  if ('claim' in source) return makeFolder(volumesFolder, join('claims', source.claim));
  if ('node' in source) {
    return makeFolder(volumesFolder, join('nodes', String(spec.node), source.node));
  }
  // It goes with the pod, not with its container.
  return makeFolder(volumesFolder, join('empty', uid, source.empty));
}

/** Where a path of the container stands for the run: in a volume mounted above it, or not. */
function inside(root: string, binds: readonly Bind[], path: string): [string, string] {
  const outer = binds.findLast(({ to }) => isBelow(path, to));
  return outer ? [outer.from, path.slice(outer.to.length)] : [root, path];
}

/**
 * Makes a folder below another, step by step: what a pod left in a volume must not lead out of it.
 * @throws Error where a step is no folder
 */
function makeFolder(base: string, below: string): string {
  mkdirSync(base, { recursive: true });
  let folder = base;
  for (const step of normalize(below).split('/')) {
    if (step === '' || step === '.') continue;
    if (step === '..') throw new Error(`${below} leads out of ${base}`);
    folder = join(folder, step);
    mkdirSync(folder, { recursive: true });
    if (!lstatSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
  }
  return folder;
}

/**
 * A pod's name, as far as a hostname may be long (GeneratePodHostName in Kubernetes'
 * pkg/kubelet/util).
 */
const hostnameOf = ({ name }: PodSpec): string => name.slice(0, 63).replace(/[-.]+$/, '');

function writeFiles(
  root: string,
  binds: readonly Bind[],
  files: Readonly<Record<string, string>>,
): void {
  for (const [path, text] of Object.entries(files)) {
    const [base, below] = inside(root, binds, normalize(path));
    writeFileSync(join(makeFolder(base, dirname(below)), basename(below)), text);
  }
}

function filesOf({
  spec,
  authority,
  trusted,
  token,
  address,
}: ContainerSettings): Record<string, string> {
  return {
    ...trustedByMachine(trusted),
    ...spec.files,
    '/etc/resolv.conf': resolvConf(dnsAddress, spec.namespace),
    '/etc/hostname': `${hostnameOf(spec)}\n`,
    '/etc/hosts': `127.0.0.1 localhost\n${address} ${hostnameOf(spec)}\n`,
    [`${accountFolder}/ca.crt`]: trusted ? `${authority}\n${trusted}` : authority,
    // OpenShift's, of certificates that the cluster gives Services.
    ...(trusted ? { [`${accountFolder}/service-ca.crt`]: trusted } : {}),
    [`${accountFolder}/token`]: token,
    [`${accountFolder}/namespace`]: spec.namespace,
  };
}

/** The certificates that the machine trusts, which are public, and the run's own. */
function trustedByMachine(own = ''): Record<string, string> {
  const file = authorities.find((path) => existsSync(path));
  const text = file === undefined ? own : `${readFileSync(file, 'utf8')}\n${own}`;
  return text === '' ? {} : { [authorities[0] ?? '']: text };
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

/** `NAME=value`, the pod's own; nothing of the bench's is among it. */
function environmentOf(settings: ContainerSettings): string[] {
  const { spec } = settings;
  const environment = new Map([
    ['PATH', '/bin:/usr/bin:/usr/sbin:/sbin'],
    ['HOSTNAME', hostnameOf(spec)],
    ['HOME', '/'],
    ...(spec.isDynamic ? [['LD_LIBRARY_PATH', librariesPath()] as const] : []),
    ['KUBERNETES_SERVICE_HOST', apiAddress],
    ['KUBERNETES_SERVICE_PORT', '443'],
  ]);
  for (const { name, value } of spec.environment) {
    if ('literal' in value) environment.set(name, expand(value.literal, environment));
    else if ('field' in value) environment.set(name, fieldOf(settings, value.field));
    else {
      const limit = value.limit === 'limits.memory' ? spec.memoryLimitBytes : spec.cpuLimit;
      if (limit !== undefined) {
        environment.set(name, String(Math.ceil(limit / (value.divisor ?? 1))));
      }
    }
  }
  return [...environment].map(([name, value]) => `${name}=${value}`);
}

/** `$(NAME)` stands for an earlier variable, as in a container's env. */
const expand = (text: string, known: ReadonlyMap<string, string>): string =>
  text.replace(
    /\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g,
    (whole, name: string) => known.get(name) ?? whole,
  );
