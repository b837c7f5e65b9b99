import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where pods' file trees are built: on the tmpfs that only the run sees. */
export const podsFolder = '/run/bench';
/** Programs of a container's last steps, when the machine's tree is gone: see container.sh. */
const programs = ['setpriv', 'env', 'umount'];
/** An ordinary user's PATH often lacks the folders of the system's programs. */
const findPrograms = `PATH="$PATH:/usr/sbin:/sbin"; command -v ${programs.join(' && command -v ')}`;
const devices = ['null', 'zero', 'full', 'random', 'urandom'];

/**
 * Makes what all pods share, read-only: `dev` with the few devices that do no harm, and `start`
 * with the programs of a container's last steps beside their libraries.
 *
 * @throws Error where one of them is not there
 */
export async function buildPodBase(): Promise<void> {
  const dev = join(podsFolder, 'dev');
  const start = join(podsFolder, 'start');
  for (const folder of [dev, join(start, 'machine')]) mkdirSync(folder, { recursive: true });
  for (const name of devices) {
    writeFileSync(join(dev, name), '');
    await run('mount', ['--bind', join('/dev', name), join(dev, name)]);
  }
  const links = { fd: 'fd', stdin: 'fd/0', stdout: 'fd/1', stderr: 'fd/2' };
  for (const [name, to] of Object.entries(links)) symlinkSync(`/proc/self/${to}`, join(dev, name));
  const { stdout } = await run('sh', ['-c', findPrograms]);
  const files = stdout.trim().split('\n');
  for (const file of files) copyFileSync(file, join(start, basename(file)));
  for (const [library, name] of librariesIn(await listLibraries(files))) {
    copyFileSync(library, join(start, name));
  }
}

/** Libraries of a program that is not linked statically, under the names by which it asks. */
export const librariesFolder = join(podsFolder, 'libraries');
let loaderFolder: string | undefined;

/** Where a container has them: where its program's loader must be. @throws before they are there */
export function librariesPath(): string {
  if (loaderFolder === undefined) throw new Error('no libraries were copied');
  return loaderFolder;
}

/** Copies the libraries of a program, for all pods that run it. */
export async function copyLibraries(program: string): Promise<void> {
  mkdirSync(librariesFolder, { recursive: true });
  for (const [library, name] of librariesIn(await listLibraries([program]))) {
    const isLoader = name === 'loader';
    if (isLoader) loaderFolder = dirname(library);
    copyFileSync(library, join(librariesFolder, isLoader ? basename(library) : name));
  }
  // Linked statically after all: nothing asks for the folder.
  loaderFolder ??= '/lib';
}

/** What `ldd` says; of programs that are linked statically it says nothing that is of use. */
const listLibraries = (files: readonly string[]): Promise<string> =>
  run('ldd', files).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? '',
  );

/**
 * The libraries that `ldd` lists, to the name under which they are looked for. The loader, which it
 * lists by its path alone, is `loader`.
 */
export function librariesIn(listed: string): (readonly [file: string, name: string])[] {
  return listed.split('\n').flatMap((line) => {
    const [, name = '', file = name] = /^\s*(\S+)(?: => (\/\S+))? \(0x/.exec(line) ?? [];
    if (!file.startsWith('/')) return [];
    return [[file, name.startsWith('/') ? 'loader' : name] as const];
  });
}

/**
 * One word of a file that container.sh reads: what is not plain is written as `\0ooo`, which the
 * shell's printf turns back.
 */
export const encodeWord = (word: string): string =>
  [...Buffer.from(word, 'utf8')]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[\w./:=@,+-]/.test(letter) ? letter : `\\0${byte.toString(8).padStart(3, '0')}`;
    })
    .join('');
