import type { Facts } from './facts.ts';
import { asRoot, bad, type Check, good, type Line, poor } from './line.ts';

const what = 'namespaces';

/** macOS and Windows have no Linux namespaces, whatever is installed. */
const system: Check = ({ os, wsl }) => {
  if (os === 'darwin') {
    return bad(
      'system',
      'macOS has no Linux namespaces: run in a Linux VM, or on kind in Docker Desktop',
      'brew install lima && limactl start && lima   # a VM; clone the repository inside it',
      'npm run scenario -- steady --runtime kind    # or here, with Docker running',
    );
  }
  if (os === 'win32') {
    return bad(
      'system',
      'Windows has no Linux namespaces: run in WSL 2',
      'wsl --install -d Ubuntu   # then clone the repository inside it',
    );
  }
  if (wsl === 1) {
    return bad(
      'system',
      'WSL 1 translates calls and has no namespaces',
      'wsl --set-version <distribution> 2   # in PowerShell; wsl --list --verbose names it',
    );
  }
  return os === 'linux' ? good('system', wsl ? 'Linux in WSL 2' : 'Linux') : undefined;
};

const isLinux = ({ os, wsl }: Facts): boolean => os === 'linux' && wsl !== 1;

/** Debian's package of each program; the others differ only where `packagesElsewhere` says so. */
const packages: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  pivot_root: 'util-linux',
  mount: 'mount',
  umount: 'mount',
  env: 'coreutils',
  hostname: 'hostname',
  ldd: 'libc-bin',
  tar: 'tar',
};

const managers: readonly {
  readonly of: readonly string[];
  readonly install: string;
  readonly renamed: Readonly<Record<string, string>>;
}[] = [
  { of: ['debian', 'ubuntu'], install: 'apt-get install -y', renamed: {} },
  {
    of: ['fedora', 'rhel', 'centos', 'amzn'],
    install: 'dnf install -y',
    renamed: { iproute2: 'iproute', mount: 'util-linux', 'libc-bin': 'glibc-common' },
  },
  {
    of: ['suse', 'opensuse'],
    install: 'zypper install -y',
    renamed: { mount: 'util-linux', 'libc-bin': 'glibc' },
  },
  {
    of: ['arch'],
    install: 'pacman -S --noconfirm',
    renamed: { mount: 'util-linux', 'libc-bin': 'glibc', hostname: 'inetutils' },
  },
  {
    of: ['alpine'],
    install: 'apk add',
    renamed: { 'libc-bin': 'musl-utils', hostname: 'busybox' },
  },
];

const tools: Check = (facts) => {
  if (!isLinux(facts)) return undefined;
  const { missingTools, distribution } = facts;
  if (missingTools.length === 0) return good('tools', Object.keys(packages).join(', '));
  const manager = managers.find(({ of }) => of.some((id) => distribution.includes(id)));
  const names = missingTools.map((tool) => packages[tool] ?? tool);
  const text = `not on the PATH: ${missingTools.join(', ')}`;
  if (!manager) return bad('tools', text, `install the packages ${[...new Set(names)].join(', ')}`);
  const renamed = new Set(names.map((name) => manager.renamed[name] ?? name));
  return bad('tools', text, asRoot(facts, `${manager.install} ${[...renamed].join(' ')}`));
};

const namespaces: Check = (facts) => {
  if (!isLinux(facts) || facts.missingTools.includes('unshare')) return undefined;
  if (facts.namespaces.ok) return good(what, `by ${facts.namespaces.value}`);
  return blocked(facts, facts.namespaces.reason);
};

/** Which setting forbids them, in the order in which a system would meet it. */
function blocked(facts: Facts, reason: string): Line {
  const { apparmorRestrictsNamespaces, unprivilegedNamespaces, maxUserNamespaces } = facts.kernel;
  const set = (setting: string, value: number): string[] => [
    asRoot(facts, `sysctl -w ${setting}=${value}`),
    `echo '${setting}=${value}' | ${asRoot(facts, 'tee /etc/sysctl.d/60-otel-bench.conf')}` +
      '   # stays after a reboot',
  ];
  if (facts.inContainer) {
    return bad(
      what,
      `this container may make none: ${reason}`,
      'docker run --privileged ...   # or: --cap-add SYS_ADMIN --cap-add NET_ADMIN' +
        ' --security-opt seccomp=unconfined --security-opt apparmor=unconfined',
    );
  }
  if (maxUserNamespaces === 0) {
    const fix = set('user.max_user_namespaces', 15_000);
    return bad(what, 'user.max_user_namespaces is 0', ...fix);
  }
  if (unprivilegedNamespaces === 0) {
    const fix = set('kernel.unprivileged_userns_clone', 1);
    return bad(what, 'kernel.unprivileged_userns_clone is 0', ...fix);
  }
  if (apparmorRestrictsNamespaces === 1) {
    const fix = set('kernel.apparmor_restrict_unprivileged_userns', 0);
    return bad(what, 'AppArmor restricts user namespaces (Ubuntu 23.10 and later)', ...fix);
  }
  return bad(what, reason, 'sudo npm run scenario   # root can always have them');
}

const network: Check = ({ network: tried, wsl }) => {
  if (!tried) return undefined;
  if (tried.ok)
    return good(
      'network',
      'bridge, pod networks, roots and processes of their own: tried and gone again',
    );
  const kernel = wsl ? 'wsl --update   # in PowerShell: a kernel that has them' : undefined;
  return bad(
    'network',
    tried.reason,
    kernel ?? 'sudo modprobe -a bridge veth   # where the kernel has them as modules',
  );
};

const sockets: Check = (facts) => {
  const { sockets: tried } = facts.reports;
  return tried.ok
    ? undefined
    : bad('reports/', `no socket file can be made there: ${tried.reason}`, otherFolder(facts));
};

function otherFolder(facts: Facts): string {
  const { sockets: tried } = facts.reports;
  if (!tried.ok && /EACCES|EPERM/.test(tried.reason)) {
    return asRoot(facts, 'chown -R "$USER" reports');
  }
  return facts.wsl
    ? 'clone the repository into the home folder of the distribution, not under /mnt'
    : 'put the repository on a disk of this machine, not on a shared folder';
}

const memoryLimits: Check = (facts) => {
  if (!isLinux(facts)) return undefined;
  const { memoryCgroup } = facts;
  if (memoryCgroup) return good('memory limits', `by the kernel (cgroup v${memoryCgroup})`);
  return poor(
    'memory limits',
    'no cgroup can be had: a watcher kills what passes its limit, which the report notes',
    'systemd-run --user --scope npm run scenario   # where systemd may delegate one',
  );
};

/** What the embedded runtime needs beside its programs. */
export const embeddedChecks: readonly Check[] = [
  system,
  tools,
  namespaces,
  network,
  sockets,
  memoryLimits,
];
