import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { messageOf } from '../../lib/errors.ts';
import { createHiding } from '../../tap/hide.ts';
import { startContainer } from './container.ts';
import { containerOf } from './container-process.ts';
import { closeInherited } from './inherited.ts';
import { createBridge, createPodNetwork, mountRun } from './network.ts';
import { buildPodBase, librariesIn, podsFolder } from './pod-base.ts';
import type { PodSpec } from './podspec.ts';

/**
 * Runs shell scripts as pods, inside namespaces like a run's: far more than a manifest can, whose
 * program is always a collector. Reads `HostileRun` from its input, writes `HostileResult[]`.
 */
export interface HostileRun {
  /** A folder of the machine, for logs and volumes. */
  readonly folder: string;
  /** What a manifest writes into environment and arguments. */
  readonly marker: string;
  readonly pods: readonly HostilePod[];
}

export interface HostilePod {
  readonly name: string;
  readonly script: string;
  readonly more?: Partial<PodSpec>;
}

export interface HostileResult {
  readonly name: string;
  /** All that the pod wrote, or why it was not started. */
  readonly said: string;
  readonly code: number | string | null;
  /** Processes outside of the pod with the marker on the command line or in the environment. */
  readonly told: readonly string[];
}

const programs = 'sh cat ls ln mkdir mount umount mknod chroot unshare sleep hostname'.split(' ');
/** What a script finds: `r cat /etc/passwd`. */
const prelude =
  'r() { p=$1; shift; /bin/loader --library-path /.start "/.start/$p" "$@"; }; r sleep 0.1\n';

function addPrograms(): void {
  const start = join(podsFolder, 'start');
  for (const name of programs) {
    const path = execFileSync('sh', [
      '-c',
      'PATH="$PATH:/usr/sbin:/sbin"; command -v "$1"',
      'sh',
      name,
    ]);
    const file = path.toString().trim();
    copyFileSync(file, join(start, name));
    for (const [library, as] of librariesIn(execFileSync('ldd', [file]).toString())) {
      copyFileSync(library, join(start, as));
    }
  }
}

/** As a pod may be called. */
export const podNameOf = ({ name }: Pick<HostilePod, 'name'>): string =>
  name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

const specOf = ({ name, script, more = {} }: HostilePod): PodSpec => ({
  name: podNameOf({ name }),
  tier: 'hostile',
  ordinal: 0,
  node: 0,
  namespace: 'obs',
  workload: name,
  labels: {},
  annotations: {},
  serviceAccount: 'default',
  binary: join(podsFolder, 'start', 'loader'),
  environment: [],
  files: {},
  volumes: [],
  memoryLimitBytes: undefined,
  cpuLimit: undefined,
  graceMs: 0,
  ready: { logLine: '' },
  ...more,
  args: ['--library-path', '/.start', '/.start/sh', '-c', prelude + script, ...(more.args ?? [])],
});

/** Processes that are not in a container's own process namespace and know the marker. */
function toldOutside(container: number, marker: string): string[] {
  const own = namespaceOf(String(container));
  return readdirSync('/proc').filter(
    (pid) =>
      /^\d+$/.test(pid) &&
      namespaceOf(pid) !== own &&
      ['cmdline', 'environ'].some((file) => readOr(`/proc/${pid}/${file}`).includes(marker)),
  );
}

const namespaceOf = (pid: string): string => {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return '';
  }
};

const readOr = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

async function runPod(run: HostileRun, pod: HostilePod, index: number): Promise<HostileResult> {
  const { name } = pod;
  const id = `pod${index}`;
  const logFile = join(run.folder, `${index}.log`);
  await createPodNetwork(id, `10.244.10.${1 + index}`);
  try {
    const child = startContainer({
      spec: specOf(pod),
      id,
      life: 0,
      address: `10.244.10.${1 + index}`,
      hostAddress: '10.244.1.1',
      nodeName: 'node',
      uid: `uid-${index}`,
      cgroup: undefined,
      logFile,
      hiding: createHiding([]),
      volumesFolder: join(run.folder, 'volumes'),
      authority: '',
      token: '',
    });
    let told: string[] = [];
    const look = setInterval(() => {
      const container = containerOf(child);
      if (container) told = [...told, ...toldOutside(container, run.marker)];
    }, 5);
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    clearInterval(look);
    return { name, said: readOr(logFile), code: code ?? signal, told };
  } catch (error) {
    return { name, said: messageOf(error), code: null, told: [] };
  }
}

closeInherited();
const run = JSON.parse(await text(process.stdin)) as HostileRun;
mkdirSync(run.folder, { recursive: true });
await mountRun();
await createBridge(['10.244.1.1']);
await buildPodBase();
addPrograms();
const results: HostileResult[] = [];
for (const [i, pod] of run.pods.entries()) results.push(await runPod(run, pod, i));
process.stdout.write(JSON.stringify(results));
