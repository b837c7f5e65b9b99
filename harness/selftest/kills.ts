import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from '../plan/random.ts';
import { allProcesses, type ProcessFacts, processTree, stillAlive } from '../shell/process-tree.ts';
import { runs } from './runs.ts';

/** One way to end a run from outside. */
interface Kill {
  /** Whether this is the process that is killed; `root` is what the user started. */
  readonly is: (p: ProcessFacts, root: number) => boolean;
  readonly start: Start;
  readonly signal: 'SIGKILL' | 'SIGTERM';
}

type Start = readonly [command: string, ...args: string[]];

/** Relative to the repository, so that it means the same to a shell wherever that lies. */
const scenario = 'fixtures/runs/small-steady.yaml';
/** As a user does it. */
const npm: Start = ['npm', 'run', 'scenario', '--', scenario];
const sideBySide: Start = [...npm, '--repeat', '2', '--jobs', '2'];
/** npm in a terminal of its own: when `script` is gone, the terminal is closed. */
const terminal: Start = ['script', '-qec', npm.join(' '), '/dev/null'];

const isRoot: Kill['is'] = ({ pid }, root) => pid === root;
const isOuter: Kill['is'] = (p) => runs('harness/enter.js', p);
const isJob = ({ command }: ProcessFacts): boolean => !command.includes('--jobs');

const kill = (is: Kill['is'], start = npm, signal: Kill['signal'] = 'SIGKILL'): Kill => ({
  is,
  start,
  signal,
});

/** What can be killed, and how to tell it. */
export const victims = {
  npm: kill(isRoot),
  terminated: kill(isRoot, npm, 'SIGTERM'),
  terminal: kill(isRoot, terminal),
  bootstrap: kill((p) => runs('harness/bootstrap.js', p)),
  outer: kill(isOuter),
  // Not the one that only tries whether it may.
  unshare: kill(({ command }) => /^(\S*\/)?unshare .*embedded\/inner\.ts/.test(command)),
  inner: kill((p) => runs('embedded/inner.ts', p)),
  tap: kill((p) => p.command.includes('tap/entry.ts')),
  k6: kill(({ command }) => / run --quiet .*send-blocks\.js/.test(command)),
  jobs: kill((p, root) => isOuter(p, root) && !isJob(p), sideBySide),
} as const satisfies Record<string, Kill>;
export type Victim = keyof typeof victims;

export interface KillResult {
  readonly victim: Victim;
  readonly seed: number;
  /** After the victim was there. */
  readonly killedAfterMs: number;
  /** Until the last process of the run was gone; undefined where some stayed. */
  readonly goneAfterMs: number | undefined;
  readonly left: readonly string[];
}

const root = join(import.meta.dirname, '..', '..');
const appearsWithinMs = 30_000;
/** Moments are drawn from the first seconds of a victim's life: starting, load, settling. */
const lifeMs = 10_000;
export const goneWithinMs = 5_000;
const lookEveryMs = 25;

/**
 * Runs a small scenario as a user does, kills one of its processes and waits for all to be gone.
 * When the process had ended by itself at the drawn moment, half of that is tried.
 */
export async function killOnce(
  victim: Victim,
  seed: number,
  environment: Readonly<Record<string, string | undefined>>,
  share = 1,
): Promise<KillResult> {
  const before = new Set(leftOutside());
  const { is, start, signal } = victims[victim];
  const [command, ...args] = start;
  const child = spawn(command, args, { cwd: root, stdio: 'ignore', env: environment });
  const started = child.pid ?? 0;
  const seen = new Map<number, ProcessFacts>();
  const look = (): void => {
    for (const p of processTree(started)) seen.set(p.pid, p);
  };
  const target = await waitFor(appearsWithinMs, () => {
    look();
    return stillAlive(seen.values()).find((p) => is(p, started));
  });
  const delayMs = Math.round(random(seed, `kill/${victim}`).unit() * lifeMs * share);
  await waitFor(delayMs, () => {
    look();
    return undefined;
  });
  look();
  const killedMs = performance.now();
  const ended = target !== undefined && stillAlive([target]).length === 0;
  for (const p of stillAlive(ended ? seen.values() : target ? [target] : [])) {
    process.kill(p.pid, ended ? 'SIGKILL' : signal);
  }
  const gone = await waitFor(goneWithinMs, () => {
    for (const p of descendants(seen)) seen.set(p.pid, p);
    return stillAlive(seen.values()).length === 0 ? true : undefined;
  });
  const goneAfterMs = performance.now() - killedMs;
  const outside = leftOutside().filter((line) => !before.has(line));
  const left = [...stillAlive(seen.values()).map((p) => p.command), ...outside];
  for (const p of stillAlive(seen.values())) process.kill(p.pid, 'SIGKILL');
  if (ended) return killOnce(victim, seed, environment, share / 2);
  return {
    victim,
    seed,
    killedAfterMs: delayMs,
    goneAfterMs: gone && left.length === 0 ? Math.round(goneAfterMs) : undefined,
    left: target ? left : ['the victim never appeared'],
  };
}

/** Children of processes seen earlier, their parents alive or not. */
function descendants(seen: ReadonlyMap<number, ProcessFacts>): ProcessFacts[] {
  return allProcesses().filter((p) => p.parent > 1 && seen.has(p.parent));
}

/**
 * Mounts and links that can be seen outside a run's namespaces, sockets and volumes of a run: there
 * must not be one more.
 */
function leftOutside(): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const links = readFileSync('/proc/self/net/dev', 'utf8').split('\n');
  const scratch = globSync('reports/*/*/{s,volumes}', { cwd: root });
  return [...mounts, ...links.map((line) => line.split(':')[0]?.trim() ?? ''), ...scratch];
}

async function waitFor<T>(withinMs: number, look: () => T | undefined): Promise<T | undefined> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = look();
    if (found !== undefined || performance.now() >= deadline) return found;
    await sleep(lookEveryMs);
  }
}
