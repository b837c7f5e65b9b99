import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { runProgram } from '../../shell/run-program.ts';
import { type DiskNeed, diskRoom } from './disk.ts';
import { findGo, type GoToolchain, goEnvironment, goTooOld, requiredGo } from './go.ts';
import { type Attempt, fixturesOf, type Job, land } from './job.ts';

const TICK_MS = 1000;
/** Finished programs, and what Go keeps while it links. */
const WORK_GIGABYTES = 1;

/** `plan` says what the builds are about to cost. */
export type BuildCheck =
  | { readonly ok: true; readonly plan: string }
  | { readonly ok: false; readonly reason: string };

/** The folder of a program's pinned Go module. */
export function moduleDir(job: Job): string {
  return path.join(fixturesOf(job.settings), 'binaries', job.pin.build.module);
}

/**
 * Looks, before a minute is spent, whether Go is there and new enough for every program to build
 * and whether the disks have room. Says what it will take.
 */
export async function checkBuilds(jobs: readonly Job[]): Promise<BuildCheck> {
  const first = jobs[0];
  if (!first) return { ok: false, reason: 'nothing to build' };
  const other = jobs.find(({ pin, builtVersion }) => pin.version !== builtVersion);
  if (other) {
    const { name, pin, builtVersion } = other;
    const own = `fixtures/binaries/${pin.build.module}`;
    return { ok: false, reason: `the Go modules in ${own} are those of ${name} ${builtVersion}` };
  }
  const { settings, platform, signal } = first;
  await mkdir(settings.cacheDir, { recursive: true });
  const env = goEnvironment(settings, platform, settings.cacheDir);
  const found = await findGo(env, settings.cacheDir, signal);
  const required = await Promise.all(jobs.map((job) => requiredGo(moduleDir(job))));
  if (!found.ok) {
    return { ok: false, reason: `${found.reason}; ${howToGetGo(newest(required))}` };
  }
  for (const [i, job] of jobs.entries()) {
    const reason = goTooOld(found.go, required[i] ?? '');
    if (reason) {
      const fix = `${howToGetGo(newest(required))}, or let it fetch it: GOTOOLCHAIN=auto`;
      return { ok: false, reason: `${reason}, for ${job.name}; ${fix}` };
    }
  }
  return await checkDisk(jobs, found.go, settings.cacheDir);
}

function howToGetGo(version: string): string {
  return `install Go ${version} or newer from https://go.dev/dl`;
}

function newest(versions: readonly string[]): string {
  const inOrder = versions.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return inOrder.at(-1) ?? '';
}

async function checkDisk(
  jobs: readonly Job[],
  go: GoToolchain,
  cacheDir: string,
): Promise<BuildCheck> {
  const sum = (of: (job: Job) => number) => jobs.reduce((total, job) => total + of(job), 0);
  const needs: DiskNeed[] = [
    { dir: go.moduleCache, gigabytes: sum((job) => job.pin.build.gigabytes.modules) },
    { dir: go.buildCache, gigabytes: sum((job) => job.pin.build.gigabytes.cache) },
    { dir: cacheDir, gigabytes: WORK_GIGABYTES },
  ];
  const rooms = await diskRoom(needs);
  const minutes = Math.max(1, Math.round(sum((job) => job.pin.build.seconds) / 60));
  const names = jobs.map((job) => job.name).join(', ');
  const gigabytes = Math.ceil(needs.reduce((total, need) => total + need.gigabytes, 0));
  const cost = `some ${minutes} min on two cores, up to ${gigabytes} GB of disk`;
  const full = rooms.find((room) => room.free < room.needed);
  if (full) {
    const reason =
      `building ${names} takes ${cost}: ${full.needed.toFixed(1)} GB of it under ${full.dir}, ` +
      `which has ${full.free.toFixed(1)} GB free; make room, or let GOCACHE and GOMODCACHE ` +
      'name folders on a larger disk';
    return { ok: false, reason };
  }
  const free = Math.floor(Math.min(...rooms.map((room) => room.free)));
  const plan = `building from source, once: ${names}; ${cost} (${free} GB are free)`;
  return { ok: true, plan };
}

/** Builds one program from its pinned module in a work folder, and lands it in the cache. */
export async function fromModule(job: Job, workDir: string): Promise<Attempt> {
  const { name, pin, platform, settings, signal } = job;
  const started = performance.now();
  const cwd = path.join(workDir, 'module');
  await cp(moduleDir(job), cwd, { recursive: true });
  const env = goEnvironment(settings, platform, workDir);
  const go = async (args: readonly string[], progress: Progress) => {
    const ticker = setInterval(() => progress.tick(elapsed(started)), TICK_MS);
    try {
      const onErrorLine = (line: string) => progress.line(line);
      return await runProgram('go', args, { cwd, env, signal, onErrorLine });
    } finally {
      clearInterval(ticker);
    }
  };
  const packages = ['list', '-deps', '-f', '{{.ImportPath}}', pin.build.package];
  const listed = await go(packages, fetching(job));
  if (listed.code !== 0) return { ok: false, reason: `\`go list\` failed: ${listed.errors}` };
  const total = listed.output.split('\n').filter((line) => line !== '').length;
  const program = path.join(workDir, name);
  const flags = ['-v', '-trimpath', '-ldflags=-s -w', '-o', program];
  const built = await go(['build', ...flags, pin.build.package], compiling(job, total));
  if (built.code !== 0) return { ok: false, reason: `\`go build\` failed: ${built.errors}` };
  return { ok: true, acquired: await land(job, 'build', program, pin.version) };
}

/** Turns what `go` prints into progress. */
interface Progress {
  line(text: string): void;
  tick(seconds: number): void;
}

function fetching(job: Job): Progress {
  let modules = 0;
  return {
    line: (text) => {
      if (text.startsWith('go: downloading')) modules += 1;
    },
    tick: (seconds) =>
      job.say('build', `fetching the Go modules of ${job.name}: ${modules} so far, ${seconds} s`),
  };
}

/** `go build -v` names each package that it compiles; those in Go's cache are passed over. */
function compiling(job: Job, total: number): Progress {
  let done = 0;
  return {
    line: (text) => {
      if (!text.startsWith('go: ')) done += 1;
    },
    tick: (seconds) => {
      const time = `${seconds} s of about ${job.pin.build.seconds} s`;
      const text = `compiling ${job.name}: ${done} of ${total} packages, ${time}`;
      job.say('build', text, Math.min(1, done / Math.max(1, total)));
    },
  };
}

function elapsed(started: number): number {
  return Math.round((performance.now() - started) / 1000);
}
