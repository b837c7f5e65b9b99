import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join, normalize } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import type { Component } from '../../pipeline/types.ts';
import type { Hiding } from '../../tap/hide.ts';
import type { LeftFiles } from '../types.ts';

/** Where a path of a container stands for the run: below `base`, which the bench made. */
export type Locate = (path: string) => { readonly base: string; readonly below: string };

/** Of filestorage v0.152.0 (default_others.go). */
const defaultFolder = '/var/lib/otelcol/file_storage';
/** What an exporter's queue is called in it (filestorage v0.152.0, extension.go, GetClient). */
const queueFile = /^exporter_[A-Za-z0-9._~-]+_(traces|logs|metrics)$/;
/** Of one container; a queue that is larger is said not to be copied. */
const mostBytes = 512 * 1024 * 1024;

/**
 * Copies the persistent queues that a container left, before another one can change them. Whatever
 * is in the way is told, never thrown: without its copy nobody knows what was in a queue.
 *
 * @param to the folder of the copies, and what it is called in the run's folder
 */
export function copyQueues(
  components: readonly Component[],
  locate: Locate,
  hiding: Hiding,
  to: { readonly folder: string; readonly called: string },
): LeftFiles | undefined {
  const folders = storageFolders(components);
  return folders.length === 0 ? undefined : keepQueues(readAll(folders, locate), hiding, to);
}

/** Where a collector's file storages are, as its container sees it. */
export const storageFolders = (components: readonly Component[]): string[] => {
  const all = components.flatMap(({ kind, type, config }) =>
    kind === 'extensions' && type === 'file_storage'
      ? typeof config.directory === 'string'
        ? config.directory
        : defaultFolder
      : [],
  );
  return [...new Set(all)];
};

/** The file of one queue as it was left. */
export interface LeftQueue {
  /** Of the container. */
  readonly folder: string;
  /** The folder's number among those of the container. */
  readonly number: number;
  readonly name: string;
  readonly content: Buffer;
}

/** Writes copies of queues, as many as can be read; what the others lack is told. */
export function keepQueues(
  queues: Iterable<LeftQueue>,
  hiding: Hiding,
  to: { readonly folder: string; readonly called: string },
): LeftFiles {
  const files: LeftFiles['files'][number][] = [];
  let bytes = 0;
  try {
    for (const { folder, number, name, content } of queues) {
      bytes += content.length;
      if (bytes > mostBytes) throw new Error(`its queues have more than ${mostBytes} bytes`);
      const own = join(String(number), name);
      mkdirSync(join(to.folder, String(number)), { recursive: true });
      writeFileSync(join(to.folder, own), hiding.bytes(content));
      files.push({ path: join(folder, name), file: join(to.called, own) });
    }
    return { files };
  } catch (error) {
    return { files, lacking: messageOf(error) };
  }
}

function* readAll(folders: readonly string[], locate: Locate): Generator<LeftQueue> {
  for (const [number, folder] of folders.entries()) {
    for (const queue of readQueues(locate(folder))) yield { folder, number, ...queue };
  }
}

/** What a pod left there may be anything: no link is followed, nothing but a file is read. */
function* readQueues({ base, below }: ReturnType<Locate>) {
  let folder = base;
  for (const step of normalize(below).split('/')) {
    if (step === '' || step === '.') continue;
    folder = join(folder, step);
    if (!lstatSync(folder).isDirectory()) throw new Error(`${below}: ${step} is no folder`);
  }
  for (const name of readdirSync(folder)) {
    if (!queueFile.test(name)) continue;
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const file = openSync(join(folder, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) throw new Error(`${name} is no file`);
      if (stat.size > mostBytes) throw new Error(`${name} has more than ${mostBytes} bytes`);
      yield { name, content: readFileSync(file) };
    } finally {
      closeSync(file);
    }
  }
}
