import { UserError } from '../../lib/errors.ts';

/** A platform in the words of Go and of release files. */
export interface Platform {
  readonly os: 'linux' | 'darwin' | 'windows';
  readonly arch: 'amd64' | 'arm64';
}

const OS_OF_NODE: Readonly<Record<string, Platform['os']>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};
const ARCH_OF_NODE: Readonly<Record<string, Platform['arch']>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Translates `process.platform` and `process.arch`.
 * Throws a `UserError` for a platform that no publisher of ours builds for.
 */
export function platformOf(node: { readonly os: string; readonly arch: string }): Platform {
  const os = OS_OF_NODE[node.os];
  const arch = ARCH_OF_NODE[node.arch];
  if (os && arch) return { os, arch };
  throw new UserError(
    `No programs for ${node.os}/${node.arch}: the bench runs on Linux, macOS and Windows, ` +
      'on x64 and arm64.',
  );
}

/** The name of a program's file in the mirror and in the cache. */
export function fileNameOf(name: string, version: string, platform: Platform): string {
  const suffix = platform.os === 'windows' ? '.exe' : '';
  return `${name}-${version}-${platform.os}-${platform.arch}${suffix}`;
}
