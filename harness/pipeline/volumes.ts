import { mustFit } from './check-resource.ts';
import { contentOf, contentOrPlaceholder, type PodReader, placeholder } from './contents.ts';
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
  if (written.emptyDir !== undefined) return { emptyDir: true };
  const claim = text(at(written, 'persistentVolumeClaim', 'claimName'));
  if (claim !== undefined) {
    mustFit(reader, dnsSubdomain, claim, [...path, 'persistentVolumeClaim', 'claimName']);
    return { claim };
  }
  for (const [key, kind, nameKey] of [
    ['configMap', 'ConfigMap', 'name'],
    ['secret', 'Secret', 'secretName'],
  ] as const) {
    const content = text(at(written, key, nameKey));
    if (content === undefined) continue;
    const items = list(at(written, key, 'items'));
    // A ConfigMap may hold the collector's own configuration, for which nothing can stand.
    const files =
      kind === 'Secret'
        ? (contentOrPlaceholder(reader, kind, content, path) ??
          placeholders(reader.namespace, content, items))
        : contentOf(reader, kind, content, path);
    items.forEach((item, i) => {
      const own = [...path, key, 'items', i];
      const file = object(item).path ?? '';
      mustFit(reader, filePath, file, [...own, 'path']);
      const from = text(object(item).key) ?? '';
      if (files[from] !== undefined || Object.keys(files).length === 0) return;
      misfit(reader, from, [...own, 'key'], `a key of ${kind} "${content}"`, Object.keys(files));
    });
    if (items.length === 0) return { files };
    return {
      files: Object.fromEntries(
        items.map((item) => [
          text(object(item).path) ?? '',
          files[text(object(item).key) ?? ''] ?? '',
        ]),
      ),
    };
  }
  const hostPath = text(at(written, 'hostPath', 'path'));
  if (hostPath !== undefined) {
    mustFit(reader, innerPath, hostPath, [...path, 'hostPath', 'path']);
    reader.notes.push(
      `volume "${name}" is a hostPath: it leads into the simulated node's own tree, empty at first`,
    );
    return { hostPath };
  }
  const kind = Object.keys(written).find((key) => key !== 'name') ?? 'none';
  reader.problems.push({
    place: reader.place(path),
    message: `volume "${name}" is of kind "${kind}"`,
    known: ['configMap', 'secret', 'emptyDir', 'persistentVolumeClaim', 'hostPath'],
  });
  return undefined;
}

/**
 * A file for each key that is asked for by name; of a whole Secret nobody knows them, unless it is
 * one of TLS. For a part of a certificate's pair a valid one stands.
 */
function placeholders(
  namespace: string,
  name: string,
  items: readonly unknown[],
): Record<string, string> {
  const keys = items.map((item) => text(object(item).key) ?? '');
  return Object.fromEntries(
    (keys.length === 0 ? issuedKeys : keys).map((key) => {
      const issued = issuedKeyOf(key);
      return [key, issued ? issuedMark(namespace, name, issued) : placeholder(name, key)];
    }),
  );
}

/** One `volumeMounts` entry of a container. */
export function readMount(written: Plain, reader: PodReader, path: PropertyKey[]): Mount {
  const subPath = text(written.subPath);
  mustFit(reader, filePath, written.subPath, [...path, 'subPath']);
  mustFit(reader, mountPath, written.mountPath ?? '', [...path, 'mountPath']);
  mustFit(reader, dnsLabel, written.name ?? '', [...path, 'name']);
  return {
    volume: text(written.name) ?? '',
    path: text(written.mountPath) ?? '',
    readOnly: written.readOnly === true,
    ...(subPath === undefined ? {} : { subPath }),
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
  const mounted = Object.entries(files).flatMap(([name, content]) => {
    if (subPath === undefined) return [[`${path}/${name}`, content]];
    if (name === subPath) return [[path, content]];
    const folder = `${subPath}/`;
    return name.startsWith(folder) ? [[`${path}/${name.slice(folder.length)}`, content]] : [];
  });
  return Object.fromEntries(mounted) as Record<string, string>;
}
