import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Host } from './host.ts';
import { sizeLatestCommand } from './size.ts';

let reportsFolder: string;
beforeEach(() => {
  reportsFolder = mkdtempSync(join(tmpdir(), 'bench-size-'));
});
afterEach(() => rmSync(reportsFolder, { recursive: true, force: true }));

const asked = { spansPerSecond: 1_000, headroom: 0.3, outageMs: undefined };
const host = (): Host => ({ reportsFolder, write: () => undefined }) as unknown as Host;

it('the last measurement is asked again, also one from before bounds were run', () => {
  expect(() => sizeLatestCommand(asked, host())).toThrow(/nothing was sized yet/);
  const folder = join(reportsFolder, '_size', 'steady-sampler-1');
  mkdirSync(folder, { recursive: true });
  const tier = { name: 'gateway', replicas: 2, isRing: false };
  const measurement = { tier, spansPerTrace: 5, keptShare: 0.1, windows: [], seed: 1 };
  const text = JSON.stringify({ ...measurement, notTested: [] });
  writeFileSync(join(folder, 'measurement.json'), text);
  writeFileSync(join(reportsFolder, '_size', 'latest.json'), JSON.stringify({ folder }));
  expect(sizeLatestCommand(asked, host())).toBe(2);
  expect(readFileSync(join(folder, 'size.md'), 'utf8')).toContain('NOT PROVED');
});
