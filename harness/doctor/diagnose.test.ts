import { describe, expect, it } from 'vitest';
import type { Survey } from '../stack/acquire/index.ts';
import { diagnose } from './diagnose.ts';
import type { Facts } from './facts.ts';
import type { Line } from './line.ts';

const survey: Survey = {
  ready: [{ name: 'k6', version: '1.8.1', path: '/cache/k6', source: 'cache' }],
  missing: [],
  broken: [],
  noDownload: 'nothing is missing',
  build: { ok: false, reason: 'nothing is missing' },
};

/** An ordinary user on Linux with everything there. */
const healthy: Facts = {
  os: 'linux',
  arch: 'x64',
  cpus: 8,
  memoryGigabytes: 16,
  nodeVersion: 'v24.21.0',
  isRoot: false,
  inContainer: false,
  wsl: undefined,
  distribution: ['ubuntu', 'debian'],
  missingTools: [],
  namespaces: { ok: true, value: 'user namespace' },
  kernel: {
    apparmorRestrictsNamespaces: undefined,
    unprivilegedNamespaces: undefined,
    maxUserNamespaces: 63_000,
  },
  network: { ok: true, value: undefined },
  memoryCgroup: 2,
  reports: { freeGigabytes: 50, sockets: { ok: true, value: undefined } },
  mirror: undefined,
  programs: { ok: true, value: survey },
  docker: { state: 'answers', version: '28.0.1', memoryGigabytes: 16 },
  kindPrograms: { ok: true, value: survey },
};

const linesOf = (more: Partial<Facts>): readonly Line[] =>
  diagnose({ ...healthy, ...more }).sections.flatMap(({ lines }) => lines);
const lineOf = (what: string, more: Partial<Facts>): Line | undefined =>
  linesOf(more).find((line) => line.what === what);
const runs = (more: Partial<Facts>) => diagnose({ ...healthy, ...more }).runs;
const noNamespaces = (more: Partial<Facts>): Partial<Facts> => ({
  namespaces: { ok: false, reason: 'unshare: write failed /proc/self/uid_map' },
  network: undefined,
  ...more,
});
const withKernel = (kernel: Partial<Facts['kernel']>): Partial<Facts> =>
  noNamespaces({ kernel: { ...healthy.kernel, ...kernel } });

describe('a healthy machine', () => {
  it.each([
    ['an ordinary user', {}],
    ['root', { isRoot: true, namespaces: { ok: true, value: 'root' } }],
    ['arm64', { arch: 'arm64' }],
    ['WSL 2', { wsl: 2 }],
  ] as const)('%s runs both, and is told to mend nothing', (_, more) => {
    expect(runs(more)).toEqual({ embedded: true, kind: true });
    expect(linesOf(more).filter(({ mark, fix }) => mark !== 'good' || fix.length > 0)).toEqual([]);
  });
});

describe('namespaces that are forbidden', () => {
  it.each([
    [
      'Ubuntu 24.04',
      { apparmorRestrictsNamespaces: 1 },
      'kernel.apparmor_restrict_unprivileged_userns=0',
    ],
    ['an old Debian', { unprivilegedNamespaces: 0 }, 'kernel.unprivileged_userns_clone=1'],
    ['a hardened system', { maxUserNamespaces: 0 }, 'user.max_user_namespaces=15000'],
  ] as const)('%s is told which setting, now and after a reboot', (_, kernel, setting) => {
    const line = lineOf('namespaces', withKernel(kernel));
    expect(line?.mark).toBe('bad');
    expect(line?.fix[0]).toBe(`sudo sysctl -w ${setting}`);
    expect(line?.fix[1]).toMatch(new RegExp(`^echo '${setting}' \\| sudo tee /etc/sysctl.d/`));
    expect(runs(withKernel(kernel))).toEqual({ embedded: false, kind: true });
  });

  it('are no matter to a root that has its own', () => {
    const own = { isRoot: true, namespaces: { ok: true, value: 'root' } } as const;
    const kernel = { ...healthy.kernel, apparmorRestrictsNamespaces: 1 };
    expect(runs({ ...own, kernel }).embedded).toBe(true);
  });

  it('are the container’s matter inside one', () => {
    const line = lineOf('namespaces', noNamespaces({ inContainer: true, isRoot: true }));
    expect(line?.fix[0]).toMatch(/^docker run --privileged/);
  });

  it('without a known cause: what was said is shown', () => {
    expect(lineOf('namespaces', noNamespaces({}))?.text).toContain('uid_map');
  });
});

describe('what is missing', () => {
  it.each([
    [['ubuntu', 'debian'], 'sudo apt-get install -y iproute2 util-linux'],
    [['fedora'], 'sudo dnf install -y iproute util-linux'],
    [['alpine'], 'sudo apk add iproute2 util-linux'],
    [['nixos'], 'install the packages iproute2, util-linux'],
  ])('tools on %s are installed by its own command', (distribution, fix) => {
    const missingTools = ['ip', 'unshare', 'nsenter'];
    const line = lineOf('tools', { ...noNamespaces({}), distribution, missingTools });
    expect([line?.mark, line?.fix]).toEqual(['bad', [fix]]);
  });

  it('tools: root needs no sudo', () => {
    const line = lineOf('tools', { isRoot: true, missingTools: ['ip'] });
    expect(line?.fix).toEqual(['apt-get install -y iproute2']);
  });

  it('unshare itself is not blamed on the kernel', () => {
    expect(lineOf('namespaces', noNamespaces({ missingTools: ['unshare'] }))).toBeUndefined();
  });

  it('a kernel without bridges is told step and reason', () => {
    const network = { ok: false, reason: 'a bridge: Error: Unknown device type.' } as const;
    const line = lineOf('network', { network });
    expect([line?.mark, line?.text]).toEqual(['bad', network.reason]);
    expect(line?.fix[0]).toContain('modprobe -a bridge veth');
    expect(lineOf('network', { network, wsl: 2 })?.fix[0]).toContain('wsl --update');
  });

  it('sockets: a folder of Windows and one of another user are told apart', () => {
    const sockets = (reason: string): Partial<Facts> => ({
      reports: { freeGigabytes: 50, sockets: { ok: false, reason } },
    });
    expect(lineOf('reports/', { ...sockets('EOPNOTSUPP'), wsl: 2 })?.fix[0]).toContain('/mnt');
    expect(lineOf('reports/', sockets('listen EACCES'))?.fix[0]).toMatch(/^sudo chown/);
    expect(runs(sockets('EOPNOTSUPP')).embedded).toBe(false);
  });

  it('a memory cgroup is a pity, no more', () => {
    expect(lineOf('memory limits', { memoryCgroup: undefined })?.mark).toBe('poor');
    expect(runs({ memoryCgroup: undefined }).embedded).toBe(true);
  });

  it('memory, processors and disk are a pity, an old node is not', () => {
    const small = {
      cpus: 1,
      memoryGigabytes: 1,
      reports: { ...healthy.reports, freeGigabytes: 1 },
    };
    const marks = ['processors', 'memory', 'disk'].map((what) => lineOf(what, small)?.mark);
    expect(marks).toEqual(['poor', 'poor', 'poor']);
    expect(runs({ nodeVersion: 'v20.18.1' })).toEqual({ embedded: false, kind: false });
  });
});

describe('other systems', () => {
  const elsewhere = (os: string): Partial<Facts> => ({
    os,
    namespaces: { ok: false, reason: 'no Linux' },
    network: undefined,
    memoryCgroup: undefined,
  });

  it('macOS is led to a Linux VM or to kind', () => {
    const line = lineOf('system', { ...elsewhere('darwin'), arch: 'arm64' });
    expect(line?.fix.join('\n')).toMatch(/lima[\s\S]*--runtime kind/);
    expect(runs(elsewhere('darwin'))).toEqual({ embedded: false, kind: true });
    expect(linesOf(elsewhere('darwin')).filter(({ mark }) => mark === 'bad')).toHaveLength(1);
  });

  it('Windows and WSL 1 are led to WSL 2', () => {
    expect(lineOf('system', elsewhere('win32'))?.fix[0]).toContain('wsl --install');
    expect(lineOf('system', noNamespaces({ wsl: 1 }))?.fix[0]).toContain('wsl --set-version');
    expect(lineOf('namespaces', noNamespaces({ wsl: 1 }))).toBeUndefined();
  });

  it('an architecture without programs runs nothing', () => {
    expect(runs({ arch: 'riscv64' })).toEqual({ embedded: false, kind: false });
  });
});

describe('programs', () => {
  const missing = (more: Partial<Survey>): Partial<Facts> => ({
    programs: { ok: true, value: { ...survey, missing: ['loki', 'tempo'], ...more } },
  });
  const noDownload = 'getaddrinfo ENOTFOUND';

  it('can be downloaded', () => {
    expect(lineOf('to download', missing({ noDownload: undefined }))?.text).toContain(
      'loki, tempo',
    );
  });

  it('can be built: what it costs is said', () => {
    const build = { ok: true, plan: 'building from source, up to 30 GB of disk' } as const;
    const line = lineOf('to build', missing({ noDownload, build }));
    expect(line?.mark).toBe('poor');
    expect(line?.text).toMatch(/ENOTFOUND.*30 GB/);
    expect(runs(missing({ noDownload, build })).embedded).toBe(true);
  });

  it('can not be had: without release, without Go', () => {
    const build = { ok: false, reason: 'no `go` on the PATH; install Go 1.26' } as const;
    const line = lineOf('missing', missing({ noDownload, build }));
    expect(line?.text).toMatch(/ENOTFOUND.*no `go` on the PATH/);
    expect(line?.fix.join()).toContain('BENCH_MIRROR');
    expect(runs(missing({ noDownload, build })).embedded).toBe(false);
  });

  it('that do not start are named with what to do', () => {
    const acquired = { name: 'k6', version: '1', path: '/cache/k6', source: 'cache' } as const;
    const broken = [{ acquired, reason: 'exec format error' }];
    const line = lineOf('k6', { programs: { ok: true, value: { ...survey, broken } } });
    expect([line?.mark, line?.fix[0]]).toEqual(['bad', "rm '/cache/k6'   # it is fetched again"]);
  });

  it('a mirror that is no folder is the user’s to mend', () => {
    const programs = { ok: false, reason: 'The mirror /x is no folder' } as const;
    expect(lineOf('programs', { programs })?.text).toBe('The mirror /x is no folder');
    expect(lineOf('mirror', { mirror: '/x' })?.text).toBe('BENCH_MIRROR=/x');
  });
});

describe('docker', () => {
  it.each([
    ['absent', {}, 'https://docs.docker.com'],
    ['absent', { os: 'darwin' }, 'brew install --cask docker'],
    ['forbidden', {}, 'sudo usermod -aG docker'],
    ['silent', {}, 'sudo systemctl start docker'],
    ['silent', { wsl: 2 }, 'start Docker Desktop'],
  ] as const)('%s %o', (state, more, fix) => {
    const docker = state === 'absent' ? ({ state } as const) : { state, reason: 'it says so' };
    expect(lineOf('docker', { ...more, docker })?.fix[0]).toContain(fix);
    expect(runs({ ...more, docker }).kind).toBe(false);
  });

  it('is not needed by the embedded runtime', () => {
    expect(runs({ docker: { state: 'absent' } }).embedded).toBe(true);
  });
});
