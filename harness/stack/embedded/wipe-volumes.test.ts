import { EventEmitter } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from './kubelet.ts';
import { wipeVolumes } from './wipe-volumes.ts';

let run = '';
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'wipe-volumes-'));
});
afterEach(() => rmSync(run, { recursive: true }));

/** A pod whose container has ended already: what its end does is looked at. */
function podOf(sources: readonly object[], readOnly = false): Pod {
  const child = Object.assign(new EventEmitter(), { exitCode: 137, signalCode: null });
  const volumes = sources.map((source, i) => ({ path: `/v${i}`, readOnly, source }));
  setImmediate(() => child.emit('close'));
  return { child, uid: 'u', spec: { name: 'gateway-0', node: 0, volumes } } as unknown as Pod;
}

function fill(folder: string): string {
  const path = join(run, 'volumes', folder);
  mkdirSync(join(path, 'deep'), { recursive: true });
  writeFileSync(join(path, 'queue'), 'queued');
  writeFileSync(join(path, 'deep', 'more'), 'more');
  return path;
}

describe('wipeVolumes', () => {
  it('empties claims and emptyDirs, and tells what was in them', async () => {
    const folders = [fill('claims/queue-gateway-0'), fill('empty/u/scratch')];
    const pod = podOf([{ claim: 'queue-gateway-0' }, { empty: 'scratch' }]);
    expect(await wipeVolumes(pod, run)).toEqual({ files: 4, bytes: 20 });
    expect(folders.map((folder) => readdirSync(folder))).toEqual([[], []]);
    expect(pod.expected).toBe('fault');
  });

  it('leaves what others have too, what the pod may not write, and what links lead to', async () => {
    const [node, fixed] = [fill('nodes/0/var'), fill('claims/fixed')];
    const others = fill('claims/others');
    expect(await wipeVolumes(podOf([{ node: 'var' }]), run)).toEqual({ files: 0, bytes: 0 });
    expect(await wipeVolumes(podOf([{ claim: 'fixed' }], true), run)).toEqual({
      files: 0,
      bytes: 0,
    });
    const own = fill('claims/own');
    symlinkSync(others, join(own, 'link'));
    await wipeVolumes(podOf([{ claim: 'own' }]), run);
    expect([node, fixed, others].every((folder) => existsSync(join(folder, 'deep', 'more')))).toBe(
      true,
    );
  });
});
