import { describe, expect, it } from 'vitest';
import { readInitContainers } from './init-containers.ts';

const queue = { name: 'queue', mountPath: '/var/lib/otelcol' };
const read = (command: readonly string[], more: object = {}) =>
  readInitContainers({
    initContainers: [{ name: 'init', command, volumeMounts: [queue], ...more }],
  });

describe('what an init container leaves for its collector', () => {
  it('is the folders that it makes in a volume', () => {
    const script = 'mkdir -p /var/lib/otelcol/a/b "/var/lib/otelcol/c" && chown -R 10001 /var/lib';
    const makes = ['/a/b', '/c'].map((path) => ({ volume: 'queue', path }));
    expect(read(['sh', '-c', script])).toEqual({ makes, unknown: [] });
    expect(read(['/bin/bash', '-ec', `set -x\n${script}`])).toEqual({ makes, unknown: [] });
  });

  it('is told of a command without a shell, and of one in args', () => {
    const makes = [{ volume: 'queue', path: '/a' }];
    expect(read(['mkdir', '-m', '0777', '/var/lib/otelcol/a']).makes).toEqual(makes);
    expect(read(['sh', '-c'], { args: ['mkdir /var/lib/otelcol/a'] }).makes).toEqual(makes);
  });

  it('is below the part of the volume that it mounts, and never above it', () => {
    const volumeMounts = [queue, { name: 'own', mountPath: '/var/lib/otelcol/deep', subPath: 's' }];
    expect(read(['mkdir', '/var/lib/otelcol/deep/x'], { volumeMounts }).makes).toEqual([
      { volume: 'own', path: '/s/x' },
    ]);
    expect(read(['mkdir', '/var/lib/otelcol/../../../etc/x']).makes).toEqual([]);
    expect(read(['mkdir', '/var/lib/otelcol-not/x']).makes).toEqual([]);
  });

  it.each([
    ['another program', ['sh', '-c', 'mkdir -p /var/lib/otelcol/a && cp /x /var/lib/otelcol/a']],
    ['what its image does by itself', []],
    ['what only a shell knows', ['sh', '-c', 'mkdir /var/lib/otelcol/$NAME']],
    ['a choice', ['sh', '-c', 'mkdir /var/lib/otelcol/a || true']],
    ['a script of the image', ['/prepare.sh']],
  ])('is unknown by %s', (_, command) => {
    expect(read(command).unknown).toEqual(['init']);
  });
});
