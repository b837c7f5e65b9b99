import { cleanPath } from '../lib/clean-path.ts';
import { mustFit } from './check-resource.ts';
import { contentOrPlaceholder, type PodReader, placeholder } from './contents.ts';
import { issuedKeyOf, issuedKeys, issuedMark } from './issued.ts';
import { dnsLabel, dnsSubdomain, filePath, innerPath, mountPath } from './kubernetes-rules.ts';
import { at, list, misfit, object, type Plain, text } from './read.ts';
import type { Mount, Volume } from './types.ts';

/** The pod's volumes, templates of claims included. A kind that can't be had is a problem. */
export function readVolumes(
  pod: Plain,
  claims: unknown,
  reader: PodReader,
  path: PropertyKey[],
): Volume[] {
  const volumes = list(pod.volumes).flatMap((value, i): Volume[] => {
    const written = object(value);
    const name = text(written.name) ?? `volume-${i}`;
    mustFit(reader, dnsLabel, written.name ?? '', [...path, 'volumes', i, 'name']);
    const source = readVolumeSource(written, reader, [...path, 'volumes', i], name);
    return source ? [{ name, source }] : [];
  });
  for (const claim of list(claims)) {
    const name = text(at(claim, 'metadata', 'name'));
    mustFit(reader, dnsLabel, name ?? '', path);
    if (name !== undefined) volumes.push({ name, source: { claim: name } });
  }
  return volumes;
}

function readVolumeSource(
  written: Plain,
  reader: PodReader,
  path: PropertyKey[],
  name: string,
): Volume['source'] | undefined {
  const kinds = Object.keys(written).filter((key) => key !== 'name');
  // One without a kind is an emptyDir (core/v1, defaults.go).
  if (kinds.length === 0 || written.emptyDir !== undefined) return { emptyDir: true };
  const claim = text(at(written, 'persistentVolumeClaim', 'claimName'));
  if (claim !== undefined) {
    mustFit(reader, dnsSubdomain, claim, [...path, 'persistentVolumeClaim', 'claimName']);
    return { claim };
  }
  const files = filesOf(written, reader, path) ?? projectedFiles(written, reader, path);
  if (files) return { files };
  const hostPath = text(at(written, 'hostPath', 'path'));
  if (hostPath !== undefined) {
    mustFit(reader, innerPath, hostPath, [...path, 'hostPath', 'path']);
    reader.notes.push(
      `volume "${name}" is a hostPath: it leads into the simulated node's own tree, empty at first`,
    );
    return { hostPath };
  }
  const pods = podsOwn.find((kind) => written[kind] !== undefined);
  if (pods !== undefined) {
    reader.notes.push(`volume "${name}" is of kind ${pods}: it is an empty folder of the pod here`);
    return { emptyDir: true };
  }
  reader.problems.push({
    place: reader.place(path),
    message: `volume "${name}" is of kind "${kinds[0]}"`,
    known: ['configMap', 'secret', 'emptyDir', 'persistentVolumeClaim', 'hostPath', 'projected'],
    hint: 'for the test, put an emptyDir or a persistentVolumeClaim in its place, in a copy of the folder',
  });
  return undefined;
}

/** Kinds whose volume comes and goes with the pod. */
const podsOwn = ['ephemeral', 'csi', 'image'];

/** What a ConfigMap, a Secret or the downward API mounts; undefined for any other kind. */
function filesOf(
  written: Plain,
  reader: PodReader,
  path: PropertyKey[],
): Readonly<Record<string, string>> | undefined {
  if (written.downwardAPI !== undefined) {
    return toldFiles('downward-api', list(at(written, 'downwardAPI', 'items')));
  }
  const kinds = [
    ['configMap', 'ConfigMap'],
    ['secret', 'Secret'],
  ] as const;
  for (const [key, kind] of kinds) {
    const content = text(at(written, key, 'name')) ?? text(at(written, key, 'secretName'));
    if (content !== undefined) {
      return contentFiles({ kind, content }, list(at(written, key, 'items')), reader, [
        ...path,
        key,
      ]);
    }
  }
  return undefined;
}

function contentFiles(
  { kind, content }: { readonly kind: 'ConfigMap' | 'Secret'; readonly content: string },
  items: readonly unknown[],
  reader: PodReader,
  path: PropertyKey[],
): Readonly<Record<string, string>> {
  // A ConfigMap may hold the collector's own configuration, for which nothing can stand.
  const instead = kind === 'ConfigMap' ? 'it is empty here' : undefined;
  const found = contentOrPlaceholder(reader, kind, content, path.slice(0, -1), instead);
  const keys = keysOf(items, kind, reader);
  if (!found && kind === 'ConfigMap') return placeholders(reader.namespace, content, keys);
  const files = found ?? placeholders(reader.namespace, content, keys);
  items.forEach((item, i) => {
    const own = [...path, 'items', i];
    mustFit(reader, filePath, object(item).path ?? '', [...own, 'path']);
    const from = text(object(item).key) ?? '';
    if (files[from] !== undefined || Object.keys(files).length === 0) return;
    misfit(reader, from, [...own, 'key'], `a key of ${kind} "${content}"`, Object.keys(files));
  });
  if (items.length === 0) return files;
  return Object.fromEntries(
    items.map((item) => [text(object(item).path) ?? '', files[text(object(item).key) ?? ''] ?? '']),
  );
}

/** All that a projected volume mounts; for a token of the pod's account there is a placeholder. */
function projectedFiles(
  { projected }: Plain,
  reader: PodReader,
  path: PropertyKey[],
): Readonly<Record<string, string>> | undefined {
  if (projected === undefined) return undefined;
  const sources = list(object(projected).sources).map((source, i) => {
    const token = object(source).serviceAccountToken;
    const own = [...path, 'projected', 'sources', i];
    return token === undefined
      ? (filesOf(object(source), reader, own) ?? {})
      : toldFiles('service-account', [token]);
  });
  return Object.assign({}, ...sources);
}

/**
 * The keys that a resource that is not there is taken to have: of a Secret those that are asked for
 * by name; of a whole one, or of a ConfigMap, what the folder calls certificates and their keys.
 */
function keysOf(
  items: readonly unknown[],
  kind: 'ConfigMap' | 'Secret',
  { resources }: PodReader,
): readonly string[] {
  const asked = items.map((item) => text(object(item).key) ?? '');
  const isMeant = (key: string): boolean => asked.length === 0 || asked.includes(key);
  const called = resources.flatMap(({ value }) => certificatesIn(JSON.stringify(value)));
  if (kind === 'ConfigMap') return called.filter(isMeant);
  return asked.length > 0 ? asked : [...new Set([...issuedKeys, ...called])];
}

/** Names of files, each at the end of a path, that hold certificates or their keys. */
const certificatesIn = (written: string): string[] =>
  [...written.matchAll(/\/([\w.-]+\.(?:crt|cer|cert|pem|key))\b/g)].flatMap(
    ([, name]) => name ?? [],
  );

/** A file for each key; for a part of a certificate's pair a valid one stands. */
function placeholders(
  namespace: string,
  name: string,
  keys: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    keys.map((key) => {
      const issued = issuedKeyOf(key);
      return [key, issued ? issuedMark(namespace, name, issued) : placeholder(name, key)];
    }),
  );
}

/** What the pod itself would be told, at paths. */
const toldFiles = (name: string, items: readonly unknown[]): Record<string, string> =>
  Object.fromEntries(
    items.map((item) => {
      const path = text(object(item).path) ?? '';
      return [path, placeholder(name, path)];
    }),
  );

/** A path in a volume, which has no "/" in front. */
const insideVolume = (written: string): string => cleanPath(written).slice(1);

/** One `volumeMounts` entry of a container. */
export function readMount(written: Plain, reader: PodReader, path: PropertyKey[]): Mount {
  const subPath = text(written.subPath);
  mustFit(reader, filePath, written.subPath, [...path, 'subPath']);
  mustFit(reader, mountPath, written.mountPath ?? '', [...path, 'mountPath']);
  mustFit(reader, dnsLabel, written.name ?? '', [...path, 'name']);
  return {
    volume: text(written.name) ?? '',
    path: cleanPath(text(written.mountPath) ?? ''),
    readOnly: written.readOnly === true,
    ...(subPath === undefined ? {} : { subPath: insideVolume(subPath) }),
  };
}

/** What Kubernetes asks of mounts together (core validation.go): volumes that are there, once. */
export function checkMounts(
  mounts: readonly unknown[],
  volumes: readonly string[],
  reader: PodReader,
  path: readonly PropertyKey[],
): void {
  const taken = new Set<unknown>();
  mounts.forEach((value, i) => {
    const { name, mountPath: own } = object(value);
    if (typeof name === 'string' && !volumes.includes(name)) {
      misfit(reader, name, [...path, i, 'name'], 'a volume of the pod', volumes);
    }
    if (typeof own === 'string' && taken.has(own)) {
      misfit(reader, own, [...path, i, 'mountPath'], 'a path that no mount before it has');
    }
    taken.add(own);
  });
}

/** Names of all volumes that are written, those among them that can't be read. */
export function volumeNames(
  pod: Plain,
  claims: unknown,
  reader: PodReader,
  path: readonly PropertyKey[],
): string[] {
  const own = list(pod.volumes).map((value) => text(object(value).name) ?? '');
  own.forEach((name, i) => {
    if (own.indexOf(name) === i) return;
    misfit(reader, name, [...path, 'volumes', i, 'name'], 'a name that no volume before it has');
  });
  return [...own, ...list(claims).map((claim) => text(at(claim, 'metadata', 'name')) ?? '')];
}

/** A ConfigMap's or Secret's files by their paths in the container. */
export function mountedFiles(
  { path, subPath }: Mount,
  files: Readonly<Record<string, string>>,
): Record<string, string> {
  const mounted = Object.entries(files).flatMap(([key, content]) => {
    const name = insideVolume(key);
    // A subPath of "." or "" is the whole volume.
    if (!subPath) return [[`${path}/${name}`, content]];
    if (name === subPath) return [[path, content]];
    const folder = `${subPath}/`;
    return name.startsWith(folder) ? [[`${path}/${name.slice(folder.length)}`, content]] : [];
  });
  return Object.fromEntries(mounted) as Record<string, string>;
}
