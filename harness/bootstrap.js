// Plain JavaScript that any Node >= 18 runs: brings the packages and Node 24 of package-lock.json,
// then hands over to `main.ts` under that Node. `--tool <name>` runs a package's command instead.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const ownNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const stamp = join(modules, '.bench-lock-hash');
const lockFile = join(root, 'package-lock.json');
// What npm installed as a package has no lock file, and its packages are there already.
const isPackage = !existsSync(lockFile);
const lockHash = isPackage ? '' : createHash('sha256').update(readFileSync(lockFile)).digest('hex');
const node = nodeOf();

function installed() {
  return existsSync(node) && (isPackage || isLocked());
}

function isLocked() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash;
}

/** The npm package's Node; where its install script was not allowed to bring it, one like it. */
function nodeOf() {
  const isLike = Number(process.versions.node.split('.')[0]) >= 24;
  return isPackage && isLike && !existsSync(ownNode) ? process.execPath : ownNode;
}

function install() {
  if (isPackage) {
    process.stderr.write(
      `Node 24 is missing (${node}): npm was not allowed to run the install script of its package ` +
        '"node". Hint: allow it, or start the bench with Node 24 or newer.\n',
    );
    process.exit(254);
  }
  process.stderr.write(
    'Installing the npm packages of package-lock.json (once, some half a minute) ...\n',
  );
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const arguments_ = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = spawnSync(npm, arguments_, { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status !== 0 || !existsSync(node)) {
    process.stderr.write(
      `npm ci did not bring Node 24 (${node}). Hint: run "npm ci" in ${root} and see what it says; ` +
        'install scripts must be allowed for the package "node".\n',
    );
    process.exit(254);
  }
  writeFileSync(stamp, lockHash);
}

const tools = {
  vitest: 'vitest/vitest.mjs',
  biome: '@biomejs/biome/bin/biome',
  tsc: 'typescript/bin/tsc',
};

// Looked up first: what started this process may end while packages are installed.
const starters = startersOf(process.ppid);
if (!installed()) install();
// A ledger makes millions of small objects: with little room for them a fifth of its time goes
// into clearing up.
const roomForYoung = '--max-semi-space-size=64';
const [first, name, ...rest] = process.argv.slice(2);
const target =
  first === '--tool'
    ? [join(modules, tools[name]), ...rest]
    : [roomForYoung, join(root, 'harness', 'enter.js'), ...process.argv.slice(2)];
// What Node compiled once it need not compile again: half of what a start takes, for each process.
const compileCache = join(modules, '.cache', 'bench-compiled');
const child = spawn(node, target, {
  // The channel closes when this process is gone, `kill -9` included: the child sees it and ends.
  stdio: ['inherit', 'inherit', 'inherit', ...(first === '--tool' ? [] : ['ipc'])],
  cwd: first === '--tool' ? root : process.cwd(),
  env: { NODE_COMPILE_CACHE: compileCache, ...process.env, NODE_NO_WARNINGS: '1' },
});
// A Ctrl-C reaches the child by itself; this process only waits for its answer.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT') child.kill(signal);
  });
}
// npm closes nothing when it is killed: it has to be looked for.
setInterval(() => {
  if (starters.some(isGone)) child.kill('SIGTERM');
}, 250).unref();

/** npm, and the shell between it and this process; none where npm did not start it. */
function startersOf(pid) {
  const parent = readProcess(pid);
  if (!process.env.npm_lifecycle_event || !parent) return [];
  // npm stays in its session: another parent has taken this process over, npm is gone already.
  if (parent.session !== readProcess(process.pid)?.session) process.exit(130);
  const shell = parent.command[1] === '-c';
  const above = shell ? readProcess(parent.parent) : undefined;
  return above ? [parent, above] : [parent];
}

/** What /proc says of a process; undefined without one, or without /proc. */
function readProcess(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // A process id is used again: the start time tells.
    return {
      pid,
      state: fields[0],
      parent: Number(fields[1]),
      session: fields[3],
      started: fields[19],
      command,
    };
  } catch {
    return undefined;
  }
}

function isGone({ pid, started }) {
  const now = readProcess(pid);
  return now?.started !== started || now.state === 'Z';
}

child.once('error', (error) => {
  process.stderr.write(
    `${node} does not start: ${error.message}. Hint: the npm package "node" needs glibc, and a folder ` +
      'from which programs may be run.\n',
  );
  process.exit(255);
});
// A child that was ended from outside was interrupted; one that crashed or ran out of memory broke.
const asked = ['SIGINT', 'SIGTERM', 'SIGHUP'];
child.once('exit', (code, signal) => process.exit(code ?? (asked.includes(signal) ? 130 : 255)));
