import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from '../plan/random.ts';
import { allProcesses, type ProcessFacts, processTree, stillAlive } from './processes.ts';

/** Processes of the bench itself, and how to tell them. */
export const victims = {
  outer: (p: ProcessFacts, root: number) => p.pid === root,
  // Not the one that only tries whether it may.
  unshare: (p: ProcessFacts) => /^(\S*\/)?unshare .*embedded\/inner\.ts/.test(p.command),
  inner: (p: ProcessFacts) => p.command.includes('embedded/inner.ts') && !/unshare/.test(p.command),
  tap: (p: ProcessFacts) => p.command.includes('tap/entry.ts'),
  k6: (p: ProcessFacts) => / run --quiet .*send-blocks\.js/.test(p.command),
} as const satisfies Record<string, (p: ProcessFacts, root: number) => boolean>;
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

const main = join(import.meta.dirname, '..', 'main.ts');
const scenario = join(import.meta.dirname, '..', '..', 'fixtures', 'runs', 'small-steady.yaml');
const appearsWithinMs = 30_000;
/** Moments are drawn from the first seconds of a victim's life: starting, load, settling. */
const lifeMs = 6_000;
export const goneWithinMs = 5_000;
const lookEveryMs = 25;

/**
 * Runs a small scenario, kills one of its processes with SIGKILL and waits for all to be gone. When
 * the process had ended by itself at the drawn moment, half of that is tried.
 */
export async function killOnce(
  victim: Victim,
  seed: number,
  environment: Readonly<Record<string, string | undefined>>,
  share = 1,
): Promise<KillResult> {
  const before = new Set(leftOutside());
  const child = spawn(process.execPath, [main, 'scenario', scenario], {
    stdio: 'ignore',
    env: environment,
  });
  const root = child.pid ?? 0;
  const seen = new Map<number, ProcessFacts>();
  const look = (): void => {
    for (const p of processTree(root)) seen.set(p.pid, p);
  };
  const target = await waitFor(appearsWithinMs, () => {
    look();
    return stillAlive(seen.values()).find((p) => victims[victim](p, root));
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
    process.kill(p.pid, 'SIGKILL');
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

/** Mounts and links that can be seen outside a run's namespaces: a run must add none. */
function leftOutside(): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const links = readFileSync('/proc/self/net/dev', 'utf8').split('\n');
  return [...mounts, ...links.map((line) => line.split(':')[0]?.trim() ?? '')];
}

async function waitFor<T>(withinMs: number, look: () => T | undefined): Promise<T | undefined> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = look();
    if (found !== undefined || performance.now() >= deadline) return found;
    await sleep(lookEveryMs);
  }
}
