import type { Problem } from '../lib/errors.ts';
import { nearest, object, type Reader, text } from './read.ts';
import type { Resource } from './types.ts';

/** ConfigMaps and Secrets of the folder, by `kind/namespace/name`, as plain texts. */
export type Contents = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Reads the texts of every ConfigMap and Secret (`data` of a Secret is base64). */
export function readContents(resources: readonly Resource[]): Contents {
  const contents = new Map<string, Record<string, string>>();
  for (const { kind, namespace, name, value } of resources) {
    if (kind !== 'ConfigMap' && kind !== 'Secret') continue;
    const data: Record<string, string> = {};
    for (const [key, written] of Object.entries(object(value.data))) {
      const plain = text(written) ?? '';
      data[key] = kind === 'Secret' ? Buffer.from(plain, 'base64').toString('utf8') : plain;
    }
    for (const [key, written] of Object.entries(object(value.stringData))) {
      data[key] = text(written) ?? '';
    }
    contents.set(`${kind}/${namespace}/${name}`, data);
  }
  return contents;
}

export interface PodReader extends Reader {
  readonly resources: readonly Resource[];
  readonly namespace: string;
  readonly contents: Contents;
  readonly notes: string[];
  /** Problems of resources that are not in the folder. */
  readonly missing: Problem[];
}

/** What to say where a resource is not in the folder. */
export const onlyYaml = 'only .yaml and .yml files of the folder and of those in it are read';

/**
 * The texts of one of them. One that the folder does not have, as Secrets seldom are, is undefined
 * and a note: placeholders stand for it. A name that is a slip of another is a problem.
 */
export function contentOrPlaceholder(
  reader: PodReader,
  kind: 'ConfigMap' | 'Secret',
  name: string,
  path: PropertyKey[],
  instead = 'placeholders stand for what it holds',
): Readonly<Record<string, string>> | undefined {
  const own = `${kind}/${reader.namespace}/`;
  const found = reader.contents.get(own + name);
  if (found) return found;
  const known = [...reader.contents.keys()].flatMap((key) =>
    key.startsWith(own) ? key.slice(own.length) : [],
  );
  const meant = nearest(name, known, 2);
  if (meant.hint) {
    const message = `the folder has no ${kind} "${name}" in namespace ${reader.namespace}`;
    reader.missing.push({ place: reader.place(path), message, ...meant });
    return {};
  }
  const note = `the folder has no ${kind} "${name}" in namespace ${reader.namespace}: ${instead}`;
  if (!reader.notes.includes(note)) reader.notes.push(note);
  return undefined;
}

/**
 * What stands for a key's value: nothing that anybody would take for a secret of theirs. Where data
 * is sent to may be kept in a Secret as well: that is an address outside, which is recorded.
 */
export function placeholder(name: string, key: string): string {
  const host = `placeholder-${name.replaceAll('.', '-')}.invalid`;
  if (/(endpoint|url)$/i.test(key)) return `https://${host}:443`;
  if (/(^|[_.-])host(name)?$/i.test(key)) return host;
  return /(^|[_.-])port$/i.test(key) ? '443' : `placeholder-${name}-${key}`;
}
