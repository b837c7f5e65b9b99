import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { platformOf } from './platform.ts';
import type { AcquireEvent, AcquireSettings, BinaryName } from './types.ts';
import { pinAt, readVersions, releaseAsset } from './versions.ts';

/** Helpers of this folder's tests: a release host on loopback, and programs to put on it. */

export const PLATFORM = platformOf({ os: process.platform, arch: process.arch });

/** A new folder, which `cleanUp` removes. */
export async function temporaryDir(): Promise<string> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'acquire-test-'));
  undo.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

const undo: (() => Promise<unknown>)[] = [];

/** Undoes what the helpers made; for `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step();
}

export function onCleanUp(step: () => Promise<unknown>): void {
  undo.push(step);
}

/** Settings for the machine at hand, with a fresh cache and nothing of the real environment. */
export async function settingsFor(
  more: Partial<AcquireSettings> & { readonly cacheDir?: string },
): Promise<AcquireSettings> {
  const platform = { os: process.platform, arch: process.arch };
  const cacheDir = more.cacheDir ?? path.join(await temporaryDir(), 'cache');
  return { platform, environment: {}, ...more, cacheDir };
}

export function collect(): {
  readonly events: AcquireEvent[];
  readonly add: (e: AcquireEvent) => void;
} {
  const events: AcquireEvent[] = [];
  return { events, add: (event) => events.push(event) };
}

/** A script that runs anywhere and, being padded with random hex, hardly shrinks in an archive. */
function fakeProgram(bytes = 400_000): string {
  return `#!/bin/sh\nexit 0\n# ${randomBytes(bytes / 2).toString('hex')}\n`;
}

export async function writeProgram(file: string, content = '#!/bin/sh\nexit 0\n'): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, 0o755);
  return file;
}

/** Packs one file as a release does, at `member` inside a tar.gz. */
export async function tarball(member: string, content: string): Promise<Buffer> {
  const dir = await temporaryDir();
  await writeProgram(path.join(dir, member), content);
  const archive = path.join(dir, 'archive.tar.gz');
  await promisify(execFile)('tar', ['-czf', archive, '-C', dir, member]);
  return await readFile(archive);
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Host {
  readonly url: string;
  /** `path range` of each request, in order. */
  readonly requests: string[];
}

/** An HTTP server on loopback that `cleanUp` ends. */
export async function startHost(handler: Handler): Promise<Host> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? ''}`.trim());
    handler(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanUp(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, requests };
}

/** Serves bytes as release hosts do, ranges included. */
export function serveBytes(bytes: Buffer, request: IncomingMessage, response: ServerResponse) {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
  const headers = { 'content-length': bytes.length - from };
  response.writeHead(from > 0 ? 206 : 200, {
    ...headers,
    ...(from > 0 ? { 'content-range': range } : {}),
  });
  response.end(bytes.subarray(from));
}

export interface Release {
  readonly file: string;
  readonly assetPath: string;
  readonly sumsPath: string;
  readonly member: string;
  readonly program: string;
  readonly bytes: Buffer;
  readonly sums: string;
}

/** A release of one of the pinned programs as its publisher would have it for this machine. */
export async function fakeRelease(name: BinaryName, version?: string): Promise<Release> {
  const pinned = (await readVersions()).binaries[name];
  const pin = version === undefined ? pinned : pinAt(pinned, version);
  const asset = releaseAsset(pin, PLATFORM, 'http://host');
  if (!asset?.member) throw new Error(`${name} has no archive for this machine`);
  const program = fakeProgram();
  const bytes = await tarball(asset.member, program);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const pathOf = (url: string) => url.slice('http://host'.length);
  return {
    file: asset.file,
    assetPath: pathOf(asset.url),
    sumsPath: pathOf(asset.checksumsUrl),
    member: asset.member,
    program,
    bytes,
    sums: `${'0'.repeat(64)}  another-file\n${sha256}  ${asset.file}\n`,
  };
}

/** A host that serves one release, with `asset` to answer for its file in another way. */
export async function startReleaseHost(release: Release, asset?: Handler): Promise<Host> {
  return await startHost((request, response) => {
    if (request.url === release.sumsPath) response.end(release.sums);
    else if (request.url !== release.assetPath) response.writeHead(404).end();
    else if (asset) asset(request, response);
    else serveBytes(release.bytes, request, response);
  });
}

/** A stand-in for `go`: the cases of the script's first argument are given. */
export async function fakeGo(cases: Record<string, string>): Promise<string> {
  const dir = await temporaryDir();
  const bodies = Object.entries(cases).map(([name, body]) => `${name})\n${body}\n;;`);
  const head = `#!/bin/sh\nhere='${dir}'\necho "$*" >> "$here/calls"\ncase "$1" in\n`;
  await writeProgram(path.join(dir, 'go'), `${head}${bodies.join('\n')}\nesac\n`);
  return dir;
}

/** What `go env -json` prints. */
export function goEnvCase(version: string, toolchain = 'local'): string {
  const answer = { GOVERSION: version, GOTOOLCHAIN: toolchain, GOCACHE: '/', GOMODCACHE: '/' };
  return `echo '${JSON.stringify(answer)}'`;
}

/** A `go` that builds a program which runs. */
export async function workingGo(): Promise<string> {
  const build = [
    'while [ "$1" != -o ]; do shift; done',
    'test -f go.sum || exit 3',
    'env > "$here/environment"',
    'echo runtime >&2; echo main >&2',
    `printf '#!/bin/sh\\nexit 0\\n' > "$2"`,
  ].join('\n');
  const list = 'echo "go: downloading example.org/a v1.0.0" >&2; echo runtime; echo main';
  return await fakeGo({ env: goEnvCase('go1.26.8'), list, build });
}

/** PATH with a folder of stand-ins before the tools of the system. */
export function pathWith(dir: string): string {
  return [dir, '/usr/local/bin', '/usr/bin', '/bin'].join(path.delimiter);
}

/** Written by Python's zipfile: three entries (deflated, stored, empty) and a comment. */
export const ZIP_FROM_ANOTHER_TOOL = Buffer.from(
  [
    'UEsDBBQAAAAIAAAAIVjlZDRxGgAAAN0AAAAQAAAAbG9raS1saW51eC1hbWQ2NFNW1E/KzNMvzuBKTc7IV8jJz85U',
    'qBgmgAsAUEsDBBQAAAAAAAAAIVg8QlUPEAAAABAAAAAMAAAAZG9jcy9MSUNFTlNFc3RvcmVkIGFzIGl0IGlzClBL',
    'AwQUAAAAAAAAACFYAAAAAAAAAAAAAAAABQAAAGVtcHR5UEsBAhQDFAAAAAgAAAAhWOVkNHEaAAAA3QAAABAAAAAA',
    'AAAAAAAAAIABAAAAAGxva2ktbGludXgtYW1kNjRQSwECFAMUAAAAAAAAACFYPEJVDxAAAAAQAAAADAAAAAAAAAAA',
    'AAAAgAFIAAAAZG9jcy9MSUNFTlNFUEsBAhQDFAAAAAAAAAAhWAAAAAAAAAAAAAAAAAUAAAAAAAAAAAAAAIABggAA',
    'AGVtcHR5UEsFBgAAAAADAAMAqwAAAKUAAAAUAGEgY29tbWVudCBhdCB0aGUgZW5k',
  ].join(''),
  'base64',
);
