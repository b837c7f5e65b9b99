import { copyFile, open } from 'node:fs/promises';
import { runProgram } from '../../shell/run-program.ts';
import { extractZipEntry } from './zip.ts';

/**
 * Writes the program inside a release file to `target`. The kind of archive goes by the file's
 * published name; a file without a member is the program itself.
 */
export async function unpackProgram(
  archive: string,
  asset: { readonly file: string; readonly member: string | undefined },
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const { file, member } = asset;
  if (member === undefined) await copyFile(archive, target);
  else if (file.endsWith('.zip')) await extractZipEntry(archive, member, target, signal);
  else await extractTarMember(archive, member, target, signal);
}

/** To standard output: no path in the archive can then decide where something is written. */
async function extractTarMember(
  archive: string,
  member: string,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = await open(target, 'w');
  try {
    const args = ['-xzOf', archive, member];
    const result = await runProgram('tar', args, { outputFd: file.fd, signal });
    if (result.code !== 0) {
      throw new Error(`tar found no ${member} in ${archive}: ${result.errors}`);
    }
    if ((await file.stat()).size === 0) throw new Error(`${member} in ${archive} is empty`);
  } finally {
    await file.close();
  }
}
