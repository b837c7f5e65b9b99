import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHiding } from '../../tap/hide.ts';
import { keepHidden } from './hidden-log.ts';

it('writes what a child prints with digests, all of it by its close, and ends as it does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const file = join(folder, 'a.log');
  const form = Buffer.from('hunter22').toString('base64');
  const script = `
    for (let i = 0; i < 20000; i++) console.log('out ' + i + ' hunter22');
    console.error('error hunter22');
    process.stdout.write('the end hunter22', () => process.exit(7));`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  keepHidden(child, openSync(file, 'a'), createHiding([{ form, shown: 'ABCDEFGH' }]));
  expect(await once(child, 'close')).toEqual([7, null]);
  const lines = readFileSync(file, 'utf8').split('\n');
  rmSync(folder, { recursive: true });
  expect(lines).toHaveLength(20_002);
  expect(lines).toContain('error ABCDEFGH');
  expect(lines.at(-1)).toBe('the end ABCDEFGH');
  expect(lines.filter((line) => !line.endsWith('ABCDEFGH'))).toEqual([]);
});
