import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { messageOf, type Problem, throwProblems, UserError } from '../../lib/errors.ts';
import { parseYaml } from '../../lib/yaml.ts';
import type { Platform } from './platform.ts';
import { BINARY_NAMES, MANIFEST_NAMES } from './types.ts';

const text = z.string().min(1);

const assetSchema = z.strictObject({
  os: z.array(z.enum(['linux', 'darwin', 'windows'])).min(1),
  arch: z.array(z.enum(['amd64', 'arm64'])).min(1),
  file: text,
  /** The program's path inside the archive; absent where the file is the program. */
  member: text.optional(),
});

const releaseSchema = z.strictObject({
  /** Where it differs from the version that mirrors hold and modules build. */
  version: text.optional(),
  url: z.url(),
  checksums: text,
  assets: z.array(assetSchema).min(1),
});

const buildSchema = z.strictObject({
  /** Folder under `fixtures/binaries`. */
  module: text,
  package: text,
  /** Of a cold build on two cores. */
  seconds: z.number().positive(),
  gigabytes: z.strictObject({ modules: z.number().positive(), cache: z.number().positive() }),
});

const binarySchema = z.strictObject({
  version: text,
  /** Arguments with which the program answers and ends: the proof that it runs here. */
  probe: z.array(text).min(1),
  release: releaseSchema.optional(),
  build: buildSchema,
});

const versionsSchema = z.strictObject({
  binaries: z.record(z.enum(BINARY_NAMES), binarySchema),
  images: z.strictObject({
    collector: text,
    tempo: text,
    loki: text,
    prometheus: text,
    k6: text,
    node: text,
    caddy: text,
    'nats-server': text,
    kindNode: text,
    pause: text,
  }),
  manifests: z.record(z.enum(MANIFEST_NAMES), text),
});

/** Everything that `fixtures/versions.yaml` pins. */
export type Versions = z.infer<typeof versionsSchema>;
export type BinaryPin = z.infer<typeof binarySchema>;
export type ReleasePin = z.infer<typeof releaseSchema>;
export type BuildPin = z.infer<typeof buildSchema>;

/** The folder that holds `versions.yaml` and `binaries/`. */
export const FIXTURES_DIR = fileURLToPath(new URL('../../../fixtures', import.meta.url));

/** Decodes the text of a versions file. Throws a `UserError` that names every mistake's place. */
export function decodeVersions(content: string, file: string): Versions {
  const { documents, problems } = parseYaml(file, content);
  throwProblems(problems);
  const document = documents[0];
  if (!document) throw new UserError(`${file} is empty: it must pin the programs of the bench.`);
  const decoded = versionsSchema.safeParse(document.value);
  if (decoded.success) return decoded.data;
  throwProblems(
    decoded.error.issues.map(
      (issue): Problem => ({
        place: document.place(issue.path),
        message: `${issue.path.map(String).join('.')}: ${issue.message}`,
      }),
    ),
  );
  throw decoded.error;
}

/** Reads and decodes `versions.yaml` of a fixtures folder (default: the repository's own). */
export async function readVersions(fixturesDir: string = FIXTURES_DIR): Promise<Versions> {
  const file = path.join(fixturesDir, 'versions.yaml');
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`Cannot read the pinned versions: ${messageOf(error)}`);
  }
  return decodeVersions(content, file);
}

/** The same program in another version: from a mirror, the cache or its release alone. */
export function pinAt(pin: BinaryPin, version: string): BinaryPin {
  const { release } = pin;
  return { ...pin, version, ...(release ? { release: { ...release, version: undefined } } : {}) };
}

/** The version that a release download gives; undefined where nothing is released. */
export function releaseVersion(pin: BinaryPin): string | undefined {
  return pin.release && (pin.release.version ?? pin.version);
}

/** One file of a release, with the addresses it is fetched from. */
export interface ReleaseAsset {
  readonly version: string;
  readonly url: string;
  readonly file: string;
  readonly member: string | undefined;
  readonly checksumsUrl: string;
}

const PUBLIC_HOST = 'https://github.com';

/** Puts `host` in place of the public release host. */
export function withHost(url: string, host: string | undefined): string {
  return host && url.startsWith(`${PUBLIC_HOST}/`) ? host + url.slice(PUBLIC_HOST.length) : url;
}

/**
 * The release file of a program for a platform; undefined where its publisher offers none.
 * `{version}`, `{os}`, `{arch}` and `{file}` are filled in.
 */
export function releaseAsset(
  pin: BinaryPin,
  platform: Platform,
  host?: string,
): ReleaseAsset | undefined {
  const { release } = pin;
  const version = releaseVersion(pin);
  const asset = release?.assets.find(
    (a) => a.os.includes(platform.os) && a.arch.includes(platform.arch),
  );
  if (!release || !asset || version === undefined) return undefined;
  const known: Record<string, string> = { version, os: platform.os, arch: platform.arch };
  const fill = (template: string) =>
    template.replace(/\{(\w+)\}/g, (whole, key: string) => known[key] ?? whole);
  const file = fill(asset.file);
  known.file = file;
  const base = withHost(fill(release.url), host);
  return {
    version,
    url: `${base}/${file}`,
    file,
    member: asset.member === undefined ? undefined : fill(asset.member),
    checksumsUrl: `${base}/${fill(release.checksums)}`,
  };
}
