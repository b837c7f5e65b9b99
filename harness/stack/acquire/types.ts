/** Every program that the bench can run. */
export const BINARY_NAMES = [
  'otelcol-contrib',
  'tempo',
  'loki',
  'prometheus',
  'k6',
  'telemetrygen',
  'kind',
  'caddy',
  'nats-server',
  'target-allocator',
] as const;
export type BinaryName = (typeof BINARY_NAMES)[number];

/** Kubernetes manifests that the kind runtime applies, in the order of installing. */
export const MANIFEST_NAMES = ['cert-manager', 'opentelemetry-operator'] as const;
export type ManifestName = (typeof MANIFEST_NAMES)[number];

/** Where a program can come from, in the order in which they are tried. */
export const SOURCES = ['mirror', 'cache', 'download', 'build'] as const;
export type Source = (typeof SOURCES)[number];

/** What `main.ts` gathers from the environment; nothing below it reads the environment. */
export interface AcquireSettings {
  /** A folder with `binaries/` that wins over everything (BENCH_MIRROR). */
  readonly mirrorDir?: string | undefined;
  /** Kept between runs: programs, unfinished downloads, locks. */
  readonly cacheDir: string;
  readonly proxy?:
    | {
        readonly http?: string | undefined;
        readonly https?: string | undefined;
        readonly noProxy?: string | undefined;
      }
    | undefined;
  /** PEM file of certificate authorities to trust beside Node's own (NODE_EXTRA_CA_CERTS). */
  readonly caFile?: string | undefined;
  /** Values of `process.platform` and `process.arch`. */
  readonly platform: { readonly os: string; readonly arch: string };
  /** Handed to `go` (PATH, HOME, GOPROXY, GOFLAGS apart). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Which sources may be used; the order stays that of `SOURCES`. Default: all. */
  readonly sources?: readonly Source[] | undefined;
  /** Stands in for `https://github.com` in every release address (a private copy, a test). */
  readonly releaseHost?: string | undefined;
  /** Other versions than those that `versions.yaml` pins, of some programs. */
  readonly versions?: Readonly<Partial<Record<BinaryName, string>>> | undefined;
  /** The folder of `versions.yaml` and `binaries/`. Default: the repository's `fixtures`. */
  readonly fixturesDir?: string | undefined;
}

export interface Acquired {
  readonly name: BinaryName;
  /** The version that was got: Tempo's differs between its release and its build. */
  readonly version: string;
  readonly path: string;
  readonly source: Source;
}
/** One line of progress; `fraction` is 0 to 1 where it is known. */
export interface AcquireEvent {
  readonly name: BinaryName;
  readonly source: Source;
  readonly text: string;
  readonly fraction?: number;
  readonly elapsedMs: number;
}
