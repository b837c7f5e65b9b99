import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { messageOf } from '../lib/errors.ts';
import { runProgram } from '../shell/run-program.ts';
import { type AcquireSettings, type BinaryName, surveyBinaries } from '../stack/acquire/index.ts';
import { createMemoryCgroups, removeMemoryCgroups } from '../stack/embedded/cgroup.ts';
import { findIsolation } from '../stack/embedded/isolation.ts';
import type { DockerFacts, Facts, KernelSettings, Tried } from './facts.ts';

const GIGABYTE = 1e9;
const tryMs = 10_000;
const networkScript = join(import.meta.dirname, 'try-network.sh');
const tools = [
  'ip',
  'unshare',
  'nsenter',
  'setpriv',
  'pivot_root',
  'mount',
  'umount',
  'env',
  'hostname',
  'ldd',
  'tar',
];

/** What the doctor is told of the world. */
export interface LookSettings {
  readonly acquire: AcquireSettings;
  readonly reportsFolder: string;
  /** What each runtime runs. */
  readonly programs: Readonly<Record<'embedded' | 'kind', readonly BinaryName[]>>;
}

/** Finds out what this machine has, by trying it; nothing stays of what is tried. */
export async function lookAtMachine(settings: LookSettings): Promise<Facts> {
  const { acquire, reportsFolder, programs } = settings;
  const isRoot = process.getuid?.() === 0;
  const isLinux = process.platform === 'linux';
  const wsl = isLinux ? wslOf(os.release()) : undefined;
  const namespaces = isLinux ? await tryNamespaces(isRoot) : failed('no Linux');
  const [network, surveyed, kindPrograms, docker, sockets] = await Promise.all([
    namespaces.ok ? tryNetwork(isRoot) : undefined,
    attempt(() => surveyBinaries(programs.embedded, acquire)),
    attempt(() => surveyBinaries(programs.kind, acquire)),
    askDocker(),
    trySocket(reportsFolder),
  ]);
  return {
    os: process.platform,
    arch: process.arch,
    cpus: os.availableParallelism(),
    memoryGigabytes: process.availableMemory() / GIGABYTE,
    nodeVersion: process.version,
    isRoot,
    inContainer: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    wsl,
    distribution: isLinux ? distribution() : [],
    missingTools: isLinux ? tools.filter((tool) => !isOnPath(tool, acquire.environment.PATH)) : [],
    namespaces,
    kernel: kernelSettings(),
    network,
    memoryCgroup: isLinux ? tryMemoryCgroup() : undefined,
    reports: { freeGigabytes: freeGigabytes(reportsFolder), sockets },
    mirror: acquire.mirrorDir,
    programs: surveyed,
    docker,
    kindPrograms,
  };
}

const failed = (reason: string): { readonly ok: false; readonly reason: string } => ({
  ok: false,
  reason,
});

async function attempt<T>(work: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return failed(messageOf(error));
  }
}

/** WSL 1 names its kernel `...-Microsoft`, WSL 2 `...-microsoft-standard-WSL2`. */
function wslOf(release: string): 1 | 2 | undefined {
  if (/microsoft-standard|WSL2/.test(release)) return 2;
  return /-Microsoft$/.test(release) ? 1 : undefined;
}

function distribution(): string[] {
  const text = readOr('/etc/os-release');
  return [...text.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].flatMap(([, value = '']) =>
    value.replaceAll('"', '').split(' '),
  );
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Runs look there too, wherever an ordinary user's shell does. */
const systemFolders = ['/usr/sbin', '/sbin'];

const isOnPath = (program: string, path: string | undefined): boolean =>
  [...(path ?? '').split(delimiter), ...systemFolders].some((folder) =>
    existsSync(join(folder, program)),
  );

function kernelSettings(): KernelSettings {
  const setting = (name: string): number | undefined => {
    const text = readOr(`/proc/sys/${name}`).trim();
    return text === '' ? undefined : Number(text);
  };
  return {
    apparmorRestrictsNamespaces: setting('kernel/apparmor_restrict_unprivileged_userns'),
    unprivilegedNamespaces: setting('kernel/unprivileged_userns_clone'),
    maxUserNamespaces: setting('user/max_user_namespaces'),
  };
}

/** As a run does it; where none can be had, what the plain attempt said. */
async function tryNamespaces(isRoot: boolean): Promise<Tried<string>> {
  try {
    return { ok: true, value: findIsolation(isRoot).how };
  } catch {
    const args = ['--user', '--map-root-user', '--net', 'true'];
    const said = await attempt(() => runProgram('unshare', args, { timeoutMs: tryMs }));
    const reason = said.ok ? said.value.errors.split('\n').at(-1) : said.reason;
    return failed(reason || 'unshare gives no process namespaces of its own');
  }
}

async function tryNetwork(isRoot: boolean): Promise<Tried<undefined>> {
  const { command, args } = findIsolation(isRoot);
  const vector = [...args, 'sh', networkScript];
  const tried = await attempt(() => runProgram(command, vector, { timeoutMs: tryMs }));
  if (!tried.ok) return tried;
  const { code, output, errors } = tried.value;
  if (code === 0) return { ok: true, value: undefined };
  return failed(`${output.trim().split('\n').at(-1)}: ${errors}`);
}

function tryMemoryCgroup(): 1 | 2 | undefined {
  const cgroups = createMemoryCgroups(process.pid);
  if (cgroups) removeMemoryCgroups(cgroups);
  return cgroups?.version;
}

function freeGigabytes(folder: string): number {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  return (bavail * bsize) / GIGABYTE;
}

/** A run talks to its backends through socket files in its folder. */
function trySocket(folder: string): Promise<Tried<undefined>> {
  const file = relative(process.cwd(), join(folder, `.doctor-${process.pid}`));
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(failed(error.message)));
    server.listen(file, () =>
      server.close(() => {
        rmSync(file, { force: true });
        resolve({ ok: true, value: undefined });
      }),
    );
  });
}

async function askDocker(): Promise<DockerFacts> {
  const args = ['info', '--format', '{{.ServerVersion}} {{.MemTotal}}'];
  try {
    const { code, output, errors } = await runProgram('docker', args, { timeoutMs: tryMs });
    const [version = '', bytes] = output.trim().split(' ');
    if (code === 0 && version) {
      return { state: 'answers', version, memoryGigabytes: Number(bytes) / GIGABYTE };
    }
    const reason = errors.split('\n')[0] || 'docker info says nothing';
    return { state: /permission denied/i.test(errors) ? 'forbidden' : 'silent', reason };
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return absent ? { state: 'absent' } : { state: 'silent', reason: messageOf(error) };
  }
}
