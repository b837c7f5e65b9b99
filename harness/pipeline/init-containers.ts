import { cleanPath } from '../lib/clean-path.ts';
import { list, object, type Plain, text, texts } from './read.ts';
import type { InitContainers, MadeFolder } from './types.ts';

/**
 * Reads init containers by what they call: folders that they make in volumes, as a persistent
 * queue's idiom does (`mkdir -p /queue/otc && chown ...`). Who owns a file is no matter where pods
 * have a user of their own.
 */
export function readInitContainers(pod: Plain): InitContainers {
  const makes: MadeFolder[] = [];
  const unknown: string[] = [];
  for (const container of list(pod.initContainers).map(object)) {
    const commands = commandsOf([...texts(container.command), ...texts(container.args)]);
    const made = commands.map((command) => foldersOf(command));
    if (commands.length === 0 || made.includes(undefined)) {
      unknown.push(text(container.name) ?? '');
    }
    for (const path of made.flatMap((paths) => paths ?? [])) {
      makes.push(...inVolume(path, list(container.volumeMounts).map(object)));
    }
  }
  return { makes, unknown };
}

/** `sh -c "a && b"`, or one command by itself. */
function commandsOf(words: readonly string[]): string[][] {
  const [program = '', option = '', script] = words;
  if (!/(^|\/)(sh|ash|bash|dash)$/.test(program)) return words.length > 0 ? [[...words]] : [];
  if (!/^-[a-z]*c$/.test(option) || script === undefined) return [];
  return script
    .split(/&&|;|\n/)
    .map((command) => command.trim())
    .filter((command) => command !== '' && !command.startsWith('#'))
    .map((command) => command.split(/\s+/).map((word) => word.replace(/^(["'])(.*)\1$/, '$2')));
}

const harmless = /^(chown|chmod|chgrp|echo|id|ls|set|sleep|sync|true|:)$/;
/** What only a shell knows. */
const special = /[$`*?[\]{}|<>&\\"']/;

/** The folders that a command makes; undefined for one that does anything else. */
function foldersOf([path = '', ...words]: readonly string[]): string[] | undefined {
  const program = path.replace(/^.*\//, '');
  if (harmless.test(program)) return [];
  if (program !== 'mkdir') return undefined;
  const isMode = (i: number): boolean => /^(-m|--mode)$/.test(words[i - 1] ?? '');
  const folders = words.filter((word, i) => !word.startsWith('-') && !isMode(i));
  return folders.some((folder) => special.test(folder)) ? undefined : folders;
}

/** In the volume that is mounted closest above; none where it is the init container's own. */
function inVolume(path: string, mounts: readonly Plain[]): MadeFolder[] {
  const clean = cleanPath(path);
  const above = mounts
    .map((mount) => ({ mount, root: cleanPath(text(mount.mountPath) ?? '') }))
    .filter(({ root }) => clean === root || clean.startsWith(root === '/' ? root : `${root}/`))
    .sort((a, b) => b.root.length - a.root.length)[0];
  if (!above) return [];
  const volume = text(above.mount.name) ?? '';
  const below = cleanPath(`${text(above.mount.subPath) ?? ''}/${clean.slice(above.root.length)}`);
  return [{ volume, path: below }];
}
