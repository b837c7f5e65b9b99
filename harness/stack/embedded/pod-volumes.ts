import { cleanPath } from '../../lib/clean-path.ts';
import type { MadeFolder, Mount, Volume, Workload } from '../../pipeline/types.ts';
import { mountedFiles } from '../../pipeline/volumes.ts';

export interface PodVolume {
  readonly path: string;
  readonly readOnly: boolean;
  /** What outlives the pod, what its node has for all of its pods, what goes with the pod. */
  readonly source:
    | { readonly claim: string }
    | { readonly node: string }
    | { readonly empty: string };
  /** Below it, what init containers make. */
  readonly folders?: readonly string[];
}

/** What a pod of a workload has mounted: files by their paths, and folders. */
export function mountedIn(
  { mounts, volumes: declared, init }: Pick<Workload, 'mounts' | 'volumes' | 'init'>,
  pod: string,
): { readonly files: Record<string, string>; readonly volumes: PodVolume[] } {
  const files: Record<string, string> = {};
  const volumes: PodVolume[] = [];
  for (const mount of mounts) {
    const { path, readOnly } = mount;
    const source = declared.find((volume) => volume.name === mount.volume)?.source;
    if (!source) continue;
    if ('files' in source) Object.assign(files, mountedFiles(mount, source.files));
    else {
      const folders = foldersIn(mount, init?.makes ?? []);
      const made = folders.length > 0 ? { folders } : {};
      volumes.push({ path, readOnly, source: folderOf(source, mount, pod), ...made });
    }
  }
  return { files, volumes };
}

function folderOf(
  source: Exclude<Volume['source'], { readonly files: unknown }>,
  { volume, subPath = '' }: Mount,
  pod: string,
): PodVolume['source'] {
  if ('claim' in source) return { claim: `${source.claim}-${pod}/${subPath}` };
  if ('hostPath' in source) return { node: `${source.hostPath}/${subPath}` };
  return { empty: `${volume}/${subPath}` };
}

/** Of what is made in a volume, what lies below the part of it that is mounted. */
function foldersIn({ volume, subPath }: Mount, made: readonly MadeFolder[]): string[] {
  const root = subPath === undefined ? '' : cleanPath(subPath);
  return made.flatMap(({ volume: own, path }) =>
    own === volume && path.startsWith(`${root}/`) ? path.slice(root.length) : [],
  );
}
