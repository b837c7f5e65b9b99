import { execFile, spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { random } from '../plan/random.ts';
import { type ProcessFacts, processTree, stillAlive } from '../shell/process-tree.ts';
import { until } from '../shell/until.ts';
import { runs } from './runs.ts';

/** What came of a run on kind that was killed, behind `bench clean`. */
export interface KindKill {
  /** After the run began. */
  readonly killedAfterMs: number;
  readonly cleanedInMs: number;
  /** What was not there before the run. */
  readonly left: readonly string[];
}

const root = join(import.meta.dirname, '..', '..');
const scenario = 'fixtures/runs/small-steady.yaml';
const appearsWithinMs = 30_000;
/** Moments are drawn from this long: making the cluster, starting in it, load, settling, end. */
const lifeMs = 120_000;
const goneWithinMs = 20_000;
const lookEveryMs = 50;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Kills a run on kind at a seeded moment, has the bench clean up, and looks what of it is left in
 * Docker, as a process, or as a temporary file. Where the run had ended by itself at the drawn
 * moment, half of that is tried.
 */
export async function killOnKind(
  seed: number,
  environment: Environment,
  share = 1,
): Promise<KindKill> {
  const before = new Set(await outside(environment));
  const args = ['run', 'scenario', '--', scenario, '--runtime', 'kind'];
  const child = spawn('npm', args, { cwd: root, stdio: 'ignore', env: environment });
  const seen = new Map<number, ProcessFacts>();
  const look = (): ProcessFacts[] => {
    for (const p of processTree(child.pid ?? 0)) seen.set(p.pid, p);
    return stillAlive(seen.values());
  };
  const victim = await until(appearsWithinMs, lookEveryMs, () =>
    look().find((own) => runs('harness/enter.js', own)),
  );
  if (!victim) {
    child.kill();
    throw new Error('the bench did not start');
  }
  const delayMs = Math.round(random(seed, 'kind kill').unit() * lifeMs * share);
  const ended = await until(delayMs, lookEveryMs, () => {
    look();
    return stillAlive([victim]).length === 0 ? true : undefined;
  });
  if (ended) return killOnKind(seed, environment, share / 2);
  process.kill(victim.pid, 'SIGKILL');
  const killedMs = performance.now();
  await clean(environment);
  const cleanedInMs = Math.round(performance.now() - killedMs);
  // Programs that only wait for Docker to answer are told by now that nothing is there any more.
  await until(goneWithinMs, lookEveryMs, () => (look().length === 0 ? true : undefined));
  const left = (await outside(environment)).filter((one) => !before.has(one));
  const alive = stillAlive(seen.values());
  for (const { pid } of alive) process.kill(pid, 'SIGKILL');
  return {
    killedAfterMs: delayMs,
    cleanedInMs,
    left: [...left, ...alive.map(({ command }) => command)],
  };
}

const clean = (environment: Environment): Promise<unknown> =>
  promisify(execFile)('npm', ['run', 'bench', '--', 'clean'], { cwd: root, env: environment });

/**
 * All that is in Docker, in the clusters that are there, and temporary files of the programs that
 * fill one.
 */
async function outside(environment: Environment): Promise<string[]> {
  const docker = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await promisify(execFile)('docker', args, { env: environment });
    return stdout.split('\n').filter((line) => line !== '');
  };
  const questions = [
    ['ps', '--all', '--format', 'container {{.Names}}'],
    ['network', 'ls', '--format', 'network {{.Name}}'],
    ['volume', 'ls', '--format', 'volume {{.Name}}'],
  ];
  const lines = (await Promise.all(questions.map((args) => docker(...args)))).flat();
  const nodes = await docker(
    'ps',
    '--filter',
    'label=io.x-k8s.kind.cluster',
    '--format',
    '{{.Names}}',
  );
  const inside = await Promise.all(
    nodes.map(async (node) => {
      const rules = await docker('exec', node, 'iptables-save');
      const objects = node.endsWith('-control-plane') ? await docker('exec', node, ...listing) : [];
      return [...rules.filter((rule) => rule.startsWith('-A OTEL')), ...objects];
    }),
  );
  return [...lines, ...inside.flat(), ...globSync(join(tmpdir(), 'images-tar*'))];
}

const kinds = 'namespaces,clusterroles,clusterrolebindings,persistentvolumes,pods';
const listing = [
  ...['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf'],
  ...['get', kinds, '--all-namespaces', '--output', 'name'],
];
