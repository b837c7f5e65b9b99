import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { diskRoom } from './disk.ts';
import { cleanUp, temporaryDir } from './testing.ts';

afterEach(cleanUp);

test('needs on one disk add up, folders that do not exist yet included', async () => {
  const dir = await temporaryDir();
  const small = { dir: path.join(dir, 'not', 'yet'), gigabytes: 0.5 };
  const large = { dir: path.join(dir, 'nor', 'this'), gigabytes: 2 };
  const rooms = await diskRoom([small, large, { dir, gigabytes: 1 }]);
  expect(rooms).toHaveLength(1);
  expect(rooms[0]).toMatchObject({ dir: large.dir, needed: 3.5 });
  const { blocks, bsize } = await statfs(dir);
  expect(rooms[0]?.free).toBeGreaterThan(0);
  expect(rooms[0]?.free).toBeLessThanOrEqual((blocks * bsize) / 1e9);
});
