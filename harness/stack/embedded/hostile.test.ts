import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { HostilePod, HostileResult, HostileRun } from './hostile.testing.ts';
import { findIsolation } from './isolation.ts';

/** A secret of the machine, in a file and in the bench's environment. */
const secret = 'the-machines-own-secret';
const marker = 'written-by-a-stranger';
const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
const machine = join(folder, 'machine');
mkdirSync(machine);
writeFileSync(join(machine, 'secret'), secret);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(machine, 'secret');
const planted = join(machine, 'planted');
const literal = (name: string, value: string) => ({ name, value: { literal: value } });

/** Each is a script of a pod that tries to read the secret, or to plant a file. */
const ways: Readonly<Record<string, string | Omit<HostilePod, 'name'>>> = {
  'the file by its name': `r cat ${file}`,
  'by the root of process 1': `r cat /proc/1/root${file}`,
  'by the root of any process': `r cat /proc/*/root${file} /proc/*/cwd${file}`,
  'by the parent': `r cat /proc/0/root${file} /proc/self/../0/root${file}`,
  'by stepping up': `cd /.start/machine; r cat ../../../../../../../..${file} /.start/machine${file}`,
  'by open files': `for fd in /proc/self/fd/*; do r cat "$fd/..${file}" "$fd${file}"; done`,
  'by more open files than it was given':
    'for fd in 4 5 6 7 8 9 10 11 12 20 63 99 250 251 252 253 254 255; do [ ! -e /proc/1/fd/$fd ] || echo open-file $fd; done',
  'by the environment of processes': 'r cat /proc/*/environ',
  'by another process':
    'r ls /proc | while read p; do case $p in 1|*[!0-9]*) ;; *) [ -e /proc/$p/status ] && read -r n < /proc/$p/comm && echo "process $n";; esac; done | r cat | while read x n; do [ "$n" = node ] && echo other-process; done',
  'the run’s folder': 'r ls /run/bench /run/netns && echo other-pods',
  'the machine’s accounts': 'r cat /etc/shadow /etc/passwd && echo accounts',
  'the machine’s programs': 'r ls /usr /home /root /var/lib && echo machine-folders',
  'a device for memory': 'r ls /dev/mem /dev/kmem /dev/port && echo device',
  'a disk': 'r ls /dev/sda /dev/vda /dev/nvme0n1 /dev/loop0 && echo device',
  'a device of its own making': 'r mknod /tmp/m c 1 1 && echo device',
  'a mount': 'r mount -t tmpfs tmpfs /tmp && echo mounted',
  'a mount made writable': 'r mount -o remount,bind,rw /.start && echo mounted',
  'a mount taken away': 'r umount -l /proc/sys && echo mounted',
  'a root of its own again': `r mkdir /tmp/a; r chroot /tmp/a && echo changed-root`,
  'the programs of the start': 'echo x > /.start/env && echo overwritten',
  'its own program': 'echo x > /bin/loader && echo overwritten',
  'the kernel’s helper program':
    'echo "|/tmp/x" > /proc/sys/kernel/core_pattern && echo overwritten',
  'the kernel’s other settings': 'echo 1 > /proc/sys/vm/drop_caches && echo overwritten',
  'the kernel’s keys': 'echo b > /proc/sysrq-trigger && echo overwritten',
  'the kernel’s log': '[ -z "$(r cat /proc/kmsg /proc/kcore /dev/kmsg)" ] || echo overwritten',
  'namespaces of its own, and what is masked': `r unshare --user --map-root-user --mount /bin/loader --library-path /.start /.start/umount /proc/sys && echo mounted`,
  'a file through /proc': `echo x > /proc/1/root${planted}; echo x > ${planted}; echo x > /proc/self/root${planted}`,
  'a preloaded library': {
    script: 'echo started',
    more: {
      environment: [
        literal('LD_PRELOAD', `/tmp/${marker}.so`),
        literal('LD_LIBRARY_PATH', `/${marker}`),
      ],
    },
  },
  'the shell’s and node’s start files': {
    script: 'echo started',
    more: {
      environment: [
        literal('BASH_ENV', `/${marker}`),
        literal('ENV', `/${marker}`),
        literal('NODE_OPTIONS', `--require=/${marker}`),
        literal('GLIBC_TUNABLES', marker),
        literal('IFS', '/'),
      ],
    },
  },
  'the search path': {
    script: 'echo started',
    more: { environment: [literal('PATH', `/nowhere/${marker}`)] },
  },
  'the machine’s name': `read -r name < /proc/sys/kernel/hostname; read -r file < /etc/hostname
    echo "$name|$HOSTNAME|$file"; r hostname of-the-machine 2>&1 && echo overwritten`,
  'a value that is a command': {
    script: `printf '%s' "$X"`,
    more: {
      environment: [
        literal('X', `a\nb; $(touch ${planted}) \`touch ${planted}\` '"\\0012 ${marker}`),
      ],
    },
  },
  'an argument that is a command': {
    script: `printf '%s|' "$0" "$@"`,
    more: { args: [`$(touch ${planted})\n${marker}`, '; reboot', '-i', 'A=B'] },
  },
  'hostPath of the root': {
    script: `r cat /host${file} /host/etc/passwd && echo accounts; echo x > /host/of-node && echo on-node`,
    more: { volumes: [{ path: '/host', readOnly: false, source: { node: '/' } }] },
  },
  'hostPath that steps up': {
    script: 'echo started-wrongly',
    more: { volumes: [{ path: '/host', readOnly: false, source: { node: '../../..' } }] },
  },
  'a link left in a volume': {
    script: `r ln -s ${machine} /data/link && echo linked`,
    more: { volumes: [{ path: '/data', readOnly: false, source: { claim: 'shared' } }] },
  },
  'a mount by that link': {
    script: 'echo started-wrongly; r cat /data/secret',
    more: { volumes: [{ path: '/data', readOnly: false, source: { claim: 'shared/link' } }] },
  },
  'a mount inside that volume, by that link': {
    script: 'echo started-wrongly',
    more: {
      volumes: [
        { path: '/data', readOnly: false, source: { claim: 'shared' } },
        { path: '/data/link/in', readOnly: false, source: { empty: 'e' } },
      ],
    },
  },
  'a config written by that link': {
    script: 'echo started-wrongly',
    more: {
      files: { '/data/link/planted': 'x' },
      volumes: [{ path: '/data', readOnly: false, source: { claim: 'shared' } }],
    },
  },
  'another pod’s volume': { script: 'r ls /data && echo other-pods', more: { volumes: [] } },
  'a volume that is read-only': {
    script: 'echo x > /data/x && echo overwritten',
    more: { volumes: [{ path: '/data', readOnly: true, source: { claim: 'fixed' } }] },
  },
  'the machine’s network':
    'while read -r name rest; do case $name in lo:|eth0:|Inter*|face) ;; *) echo "interface $name";; esac; done < /proc/net/dev',
};

/** Words that a script says only where it got what it wanted. */
const gotOut =
  /open-file|other-process|other-pods|accounts|machine-folders|^device|mounted|changed-root|overwritten|started-wrongly|interface /m;

const hostname = (): string => readFileSync('/proc/sys/kernel/hostname', 'utf8');
const hostnameBefore = hostname();

function tryAll(): Map<string, HostileResult> {
  const { command, args } = findIsolation(process.getuid?.() === 0);
  const pods = Object.entries(ways).map(([name, way]) =>
    typeof way === 'string' ? { name, script: way } : { name, ...way },
  );
  const run: HostileRun = { folder: join(folder, 'run'), marker, pods };
  const script = join(import.meta.dirname, 'hostile.testing.ts');
  const { stdout, stderr } = spawnSync(command, [...args, process.execPath, script], {
    input: JSON.stringify(run),
    encoding: 'utf8',
    // As a terminal or a CI may leave one open.
    stdio: ['pipe', 'pipe', 'pipe', ...Array.from({ length: 9 }, () => openSync(file, 'r'))],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', BENCH_SECRET: secret },
    maxBuffer: 64 << 20,
  });
  if (!stdout) throw new Error(stderr);
  return new Map((JSON.parse(stdout) as HostileResult[]).map((result) => [result.name, result]));
}

describe('a pod that may run any program', () => {
  const results = tryAll();
  const of = (name: string): HostileResult => {
    const result = results.get(name);
    if (!result) throw new Error(`${name} was not tried`);
    return result;
  };

  it.each(Object.keys(ways))('does not get out: %s', (name) => {
    const { said, told } = of(name);
    expect(said).not.toContain(secret);
    expect(said).not.toMatch(gotOut);
    expect(told).toEqual([]);
    expect(existsSync(planted)).toBe(false);
    expect(readdirSync(machine)).toEqual(['secret']);
    expect(hostname()).toBe(hostnameBefore);
  });

  it('runs all the same: what is its own reaches it, whole', () => {
    expect(of('the search path').said).toContain('started');
    expect(of('a preloaded library').said).toContain('started');
    expect(of('the shell’s and node’s start files').said).toContain('started');
    expect(of('hostPath of the root').said).toContain('on-node');
    expect(existsSync(join(folder, 'run', 'volumes', 'nodes', '0', 'of-node'))).toBe(true);
    expect(of('a link left in a volume').said).toContain('linked');
    const own = 'the-machine-s-name';
    expect(of('the machine’s name').said.split('\n')[0]).toBe(`${own}|${own}|${own}`);
    const value = `a\nb; $(touch ${planted}) \`touch ${planted}\` '"\\0012 ${marker}`;
    expect(of('a value that is a command').said).toBe(value);
    expect(of('an argument that is a command').said).toBe(
      `$(touch ${planted})\n${marker}|; reboot|-i|A=B|`,
    );
  });

  it('is not started where a step of its volumes is no folder', () => {
    for (const name of [
      'a mount by that link',
      'a mount inside that volume, by that link',
      'a config written by that link',
    ]) {
      expect(of(name).said).toMatch(/is no folder/);
    }
    expect(of('hostPath that steps up').said).toMatch(/leads out/);
  });
});
