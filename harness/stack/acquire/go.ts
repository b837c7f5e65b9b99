import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { runProgram } from '../../shell/run-program.ts';
import type { Platform } from './platform.ts';
import type { AcquireSettings } from './types.ts';

/** From here on `go` can fetch a newer toolchain by itself. */
const FETCHES_TOOLCHAINS = '1.21';

export interface GoToolchain {
  /** Such as `1.26.8`. */
  readonly version: string;
  /** Whether `go` may fetch a newer release of itself (GOTOOLCHAIN). */
  readonly fetchesNewer: boolean;
  readonly buildCache: string;
  readonly moduleCache: string;
}

export type GoFound =
  | { readonly ok: true; readonly go: GoToolchain }
  | { readonly ok: false; readonly reason: string };

/** The environment of every `go` command: pinned modules, no C compiler, no surprises. */
export function goEnvironment(
  settings: Pick<AcquireSettings, 'environment' | 'proxy' | 'caFile'>,
  platform: Platform,
  workDir: string,
): Record<string, string | undefined> {
  const { environment, proxy, caFile } = settings;
  return {
    ...environment,
    ...(proxy?.http ? { HTTP_PROXY: proxy.http } : {}),
    ...(proxy?.https ? { HTTPS_PROXY: proxy.https } : {}),
    ...(proxy?.noProxy ? { NO_PROXY: proxy.noProxy } : {}),
    // Go still reads the system's certificate folders beside this file.
    ...(caFile && !environment.SSL_CERT_FILE ? { SSL_CERT_FILE: caFile } : {}),
    CGO_ENABLED: '0',
    GOFLAGS: '-buildvcs=false',
    GOWORK: 'off',
    GOOS: platform.os,
    GOARCH: platform.arch,
    // Linking needs gigabytes of room, which a small /tmp in memory has not.
    GOTMPDIR: workDir,
  };
}

/** Looks for `go` on the PATH of `env` and asks it what it is; the reason is for a person. */
export async function findGo(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  signal?: AbortSignal,
): Promise<GoFound> {
  const names = ['GOVERSION', 'GOTOOLCHAIN', 'GOCACHE', 'GOMODCACHE'];
  try {
    const asked = await runProgram('go', ['env', '-json', ...names], { cwd, env, signal });
    if (asked.code !== 0) return { ok: false, reason: `\`go env\` failed: ${asked.errors}` };
    const answer: unknown = JSON.parse(asked.output);
    const field = (name: string) => String(new Map(Object.entries(Object(answer))).get(name) ?? '');
    return {
      ok: true,
      go: {
        version: field('GOVERSION').replace(/^go/, ''),
        fetchesNewer: !/^(local|go[\d.a-z]+)$/.test(field('GOTOOLCHAIN')),
        buildCache: field('GOCACHE'),
        moduleCache: field('GOMODCACHE'),
      },
    };
  } catch (error) {
    signal?.throwIfAborted();
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return {
      ok: false,
      reason: missing ? 'no `go` on the PATH' : `\`go env\` failed: ${messageOf(error)}`,
    };
  }
}

/** The Go release that a module asks for at least (the `go` line of its go.mod). */
export async function requiredGo(moduleDir: string): Promise<string> {
  const text = await readFile(path.join(moduleDir, 'go.mod'), 'utf8');
  return /^go (\S+)/m.exec(text)?.[1] ?? '1.21';
}

/** Why this Go cannot build a module that asks for `required`; undefined where it can. */
export function goTooOld(go: GoToolchain, required: string): string | undefined {
  if (!olderThan(go.version, required)) return undefined;
  if (go.fetchesNewer && !olderThan(go.version, FETCHES_TOOLCHAINS)) return undefined;
  return `Go ${required} or newer is needed, ${go.version} was found`;
}

/** Compares Go versions by their numbers; a development version counts as new enough. */
function olderThan(version: string, required: string): boolean {
  const [have, need] = [numbersOf(version), numbersOf(required)];
  if (have.length === 0) return false;
  for (let i = 0; i < need.length; i += 1) {
    const difference = (have[i] ?? 0) - (need[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function numbersOf(version: string): number[] {
  const plain = /^\d+(\.\d+)*/.exec(version)?.[0];
  return plain ? plain.split('.').map(Number) : [];
}
