import { contentOf, type PodReader } from './contents.ts';
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
    const source = readVolumeSource(written, reader, [...path, 'volumes', i], name);
    return source ? [{ name, source }] : [];
  });
  for (const claim of list(claims)) {
    const name = text(at(claim, 'metadata', 'name'));
    checkInside(reader, name, path);
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
    checkInside(reader, claim, [...path, 'persistentVolumeClaim', 'claimName']);
    return { claim };
  }
  for (const [key, kind, nameKey] of [
    ['configMap', 'ConfigMap', 'name'],
    ['secret', 'Secret', 'secretName'],
  ] as const) {
    const content = text(at(written, key, nameKey));
    if (content === undefined) continue;
    const files = contentOf(reader, kind, content, path);
    const items = list(at(written, key, 'items'));
    for (const name of Object.keys(files)) checkInside(reader, name, path);
    items.forEach((item, i) => {
      checkInside(reader, text(object(item).path), [...path, key, 'items', i, 'path']);
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
  if (written.hostPath !== undefined) {
    reader.notes.push(
      `volume "${name}" is a hostPath: the embedded runtime gives an empty directory`,
    );
    return { emptyDir: true };
  }
  const kind = Object.keys(written).find((key) => key !== 'name') ?? 'none';
  reader.problems.push({
    place: reader.place(path),
    message: `volume "${name}" is of kind "${kind}"`,
    known: ['configMap', 'secret', 'emptyDir', 'persistentVolumeClaim', 'hostPath'],
  });
  return undefined;
}

/** A path that leads out of the folder that it is meant for, as Kubernetes forbids it too. */
function checkInside(reader: PodReader, written: string | undefined, path: PropertyKey[]): void {
  if (!written?.split('/').includes('..')) return;
  misfit(reader, written, path, 'a path without ".."');
}

/** One `volumeMounts` entry of a container. */
export function readMount(written: Plain, reader: PodReader, path: PropertyKey[]): Mount {
  const subPath = text(written.subPath);
  checkInside(reader, subPath, [...path, 'subPath']);
  checkInside(reader, text(written.mountPath), [...path, 'mountPath']);
  return {
    volume: text(written.name) ?? '',
    path: text(written.mountPath) ?? '',
    readOnly: written.readOnly === true,
    ...(subPath === undefined ? {} : { subPath }),
  };
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
