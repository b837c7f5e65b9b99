import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { programsOf } from '../../pipeline/backends.ts';
import type { BackendKind } from '../../pipeline/types.ts';
import { RunBroken } from '../../shell/budget.ts';
import { isAlive } from '../../shell/processes.ts';
import type { Acquired, BinaryName } from '../acquire/index.ts';
import type {
  HttpTarget,
  PodLife,
  RunningStack,
  StackSpec,
  StartStack,
  TapCounts,
  TapFile,
} from '../types.ts';
import { PodUnready } from '../unready.ts';
import { allocatorPods } from './allocator-pods.ts';
import { appPodsOf, usersUrlOf } from './app.ts';
import { createMemoryCgroups, removeMemoryCgroups, sweepMemoryCgroups } from './cgroup.ts';
import { checkComponents, readComponents } from './components.ts';
import { type Call, embeddedControl } from './control.ts';
import { urlsOf } from './entry-urls.ts';
import { findIsolation } from './isolation.ts';
import { removeScratch } from './leftovers.ts';
import { backendPod, binaryOfBackend, collectorPods } from './podspec.ts';
import type { InnerMessage, InnerSpec, InnerStarted } from './protocol.ts';
import { shortPath } from './short-path.ts';

const innerScript = join(import.meta.dirname, 'inner.ts');
const fixtures = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'backends');
const readyTimeoutMs = 60_000;
const endTimeoutMs = 5_000;

/** A line to the inner process, which tells also what it is not asked. */
interface Line {
  readonly call: Call;
  readonly child: ChildProcess;
}

interface Told {
  readonly notes: string[];
  lives: readonly PodLife[];
  taps: ReadonlyMap<string, TapCounts>;
  readonly tapFiles: Map<string, TapFile>;
  readonly broken: PromiseWithResolvers<string>;
}

/**
 * Runs the pipeline as plain processes, each pod in namespaces of its own. Needs no Docker, no
 * root, no free port. Everything ends with this process, however it ends.
 */
export const startEmbedded: StartStack = async (spec, onEvent, signal) => {
  const notes: string[] = [...spec.pipeline.notes];
  const isolation = findIsolation(process.getuid?.() === 0);
  sweepMemoryCgroups(isAlive);
  const cgroups = createMemoryCgroups(process.pid);
  if (!cgroups) {
    notes.push(
      'no memory cgroup can be had: a watcher kills a pod whose resident memory passes its limit',
    );
  }
  if (!cgroups?.cpuFolder && hasCpuLimit(spec.pipeline)) {
    notes.push('no CPU cgroup can be had: limits.cpu holds no pod back');
  }
  const told: Told = {
    notes,
    lives: [],
    taps: new Map(),
    tapFiles: new Map(),
    broken: Promise.withResolvers(),
  };
  const socketFolder = join(spec.runFolder, 's');
  mkdirSync(spec.runFolder, { recursive: true });
  const line = openLine(isolation.command, isolation.args, told, onEvent);
  const end = async (): Promise<void> => {
    await endInner(line.child);
    removeScratch({ runFolder: spec.runFolder, socketFolder });
    if (cgroups) removeMemoryCgroups(cgroups);
  };
  const abort = (): void => void line.child.kill('SIGKILL');
  const broken = told.broken.promise.then((why) => {
    throw new RunBroken(why);
  });
  broken.catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  try {
    // The collector's list of components is read while everything starts.
    const starting = Promise.all([
      line.call('start', innerSpec(spec, cgroups, socketFolder, notes)),
      checkBinary(spec),
    ]);
    const [started] = await Promise.race([starting, broken]);
    for (const file of started.tapFiles) told.tapFiles.set(file.name, file);
    return runningStack(spec, line, started, told, socketFolder, end);
  } catch (error) {
    await end();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

const hasCpuLimit = ({ tiers }: StackSpec['pipeline']): boolean =>
  tiers.some(({ workload }) => workload.cpuLimit !== undefined);

const collectorOf = ({ binaries }: Pick<StackSpec, 'binaries'>): Acquired =>
  binaries.get('otelcol-contrib') as Acquired;

async function checkBinary({ binaries, pipeline }: StackSpec): Promise<void> {
  const collector = collectorOf({ binaries });
  checkComponents(pipeline, await readComponents(collector.path), collector.version);
}

function innerSpec(
  spec: StackSpec,
  cgroups: InnerSpec['cgroups'],
  socketFolder: string,
  notes: string[],
): InnerSpec {
  const pathOf = (name: BinaryName): string => (spec.binaries.get(name) as Acquired).path;
  return {
    runId: spec.runId,
    runFolder: spec.runFolder,
    // Functions do not cross the line; the inner has no use for places.
    pipeline: JSON.parse(JSON.stringify(spec.pipeline)) as InnerSpec['pipeline'],
    collectors: collectorPods(
      spec.pipeline,
      spec.workerNodes.length,
      collectorOf(spec),
      notes,
      spec.pods,
    ),
    backends: programsOf(spec.pipeline).map((kind) => {
      const config = readFileSync(join(fixtures, `${kind}.yaml`), 'utf8');
      return backendPod(kind, pathOf(binaryOfBackend[kind]), config, spec.pipeline.rules?.files);
    }),
    allocators: allocatorPods(spec.pipeline, spec.binaries.get('target-allocator'), notes),
    plannedPods: spec.pods,
    app: appPodsOf(spec, process.execPath),
    connections: spec.connections,
    workerNodes: spec.workerNodes,
    rotateLogsBytes: spec.rotateLogsBytes,
    cgroups,
    nodeBinary: process.execPath,
    k6Binary: pathOf('k6'),
    socketFolder: shortPath(socketFolder),
    readyTimeoutMs,
    startRace: spec.startRace,
    hidden: spec.hidden,
  };
}

function openLine(
  command: string,
  args: readonly string[],
  told: Told,
  onEvent: (text: string) => void,
): Line {
  const child = spawn(command, [...args, process.execPath, innerScript], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A terminal's Ctrl-C is for this process alone: taps and collectors are ended in their order.
    detached: true,
  });
  const waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  let last = 0;
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', (text) => {
    const message = JSON.parse(text) as InnerMessage;
    if ('event' in message) hear(message, told, onEvent);
    else {
      const waiter = waiting.get(message.id);
      waiting.delete(message.id);
      if ('error' in message) {
        waiter?.reject(
          message.unready
            ? new PodUnready(message.unready)
            : Object.assign(new Error(message.error), { name: message.name }),
        );
      } else waiter?.resolve(message.result as never);
    }
  });
  const fail = (why: string): void => {
    told.broken.resolve(why);
    for (const waiter of waiting.values()) waiter.reject(new Error(why));
    waiting.clear();
  };
  child.once('exit', (code, signal) =>
    fail(`the embedded cluster ended (${signal ?? `exit code ${code}`})`),
  );
  child.once('error', (error) => fail(error.message));
  return {
    child,
    call: (method, params) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        if (child.exitCode !== null || child.signalCode !== null) {
          reject(new Error('the embedded cluster has ended'));
          return;
        }
        waiting.set(id, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
      }),
  };
}

function hear(
  message: Extract<InnerMessage, { event: string }>,
  told: Told,
  onEvent: (text: string) => void,
): void {
  if (message.event === 'text') onEvent(message.text);
  else if (message.event === 'note') told.notes.push(message.text);
  else if (message.event === 'broken') told.broken.resolve(message.text);
  else if (message.event === 'lives') told.lives = message.lives;
  else if (message.event === 'taps') told.taps = new Map(Object.entries(message.counts));
  else told.tapFiles.set(message.tapFile.name, message.tapFile);
}

function runningStack(
  spec: StackSpec,
  line: Line,
  started: InnerStarted,
  told: Told,
  socketFolder: string,
  end: () => Promise<void>,
): RunningStack {
  const backends = new Map<BackendKind, HttpTarget>();
  for (const kind of programsOf(spec.pipeline)) {
    backends.set(kind, { socketPath: shortPath(join(socketFolder, kind)) });
  }
  return {
    runtime: 'embedded',
    broken: told.broken.promise,
    notes: told.notes,
    versions: Object.fromEntries([...spec.binaries].map(([name, b]) => [name, b.version])),
    addressOfPod: started.addressOfPod,
    entries: urlsOf(started.entries),
    usersUrl: spec.app && usersUrlOf(spec.app.users),
    backends,
    tapFiles: told.tapFiles,
    tapCounts: () => told.taps,
    lives: () => told.lives,
    runLoad: async (request, signal) => {
      const interrupt = (): void => void line.call('interruptLoad', null).catch(() => undefined);
      signal.addEventListener('abort', interrupt, { once: true });
      try {
        return await line.call('load', request);
      } finally {
        signal.removeEventListener('abort', interrupt);
      }
    },
    control: embeddedControl(line.call, spec, collectorOf(spec).path),
    stopPipeline: async () => {
      await line.call('stopPipeline', null);
    },
    [Symbol.asyncDispose]: end,
  };
}

/** Closing its input ends the inner process, and with it, as process 1, every other. */
async function endInner(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
  await gone;
  clearTimeout(timer);
}
