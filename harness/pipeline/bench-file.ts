import { z } from 'zod';
import { knownToggles, type Toggle } from '../grafana/version.ts';
import { type Place, type Problem, throwProblems } from '../lib/errors.ts';
import { problemsOf, shown, strict, wordingOf } from '../lib/schema-issues.ts';
import { parseYaml } from '../lib/yaml.ts';
import { highestPort, nearest } from './read.ts';
import {
  type BackendPorts,
  type DeclaredEntry,
  type EndKind,
  endKinds,
  kindOf,
  type Signal,
} from './types.ts';

/**
 * What manifests can't say of a pipeline, said by its author in a file beside their folder: what
 * its exporters' hosts are, where the load enters, which tier does what.
 */
export interface BenchFile {
  readonly file: string;
  /** Undefined where it says nothing of them: then they are guessed. */
  readonly backends: readonly DeclaredBackend[] | undefined;
  readonly entries: readonly DeclaredEntry[];
  readonly roles: readonly {
    readonly role: string;
    readonly tier: string;
    readonly place: Place;
  }[];
  /** The version of Grafana for which links between signals are made. */
  readonly grafana: string | undefined;
  /** Feature toggles that are on in it, of those that change what its links ask. */
  readonly grafanaToggles: readonly Toggle[];
}

export interface DeclaredBackend {
  /** As exporters write it. */
  readonly host: string;
  readonly kind: EndKind;
  readonly signals: readonly Signal[];
  /** Undefined where it says nothing of them. */
  readonly ports: BackendPorts | undefined;
  /** It speaks TLS, or it does not; undefined where nothing is said. */
  readonly tls: boolean | undefined;
  readonly place: Place;
}

const signal = z.enum(['traces', 'logs', 'metrics']);

const host = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, {
  error: ({ input }) =>
    `found ${shown(input)}, expected a host as the exporters write it, without scheme and port`,
});

const port = z.int().min(1).max(highestPort).optional();

/** The file as it is written. */
export const benchFileSchema = strict({
  backends: z
    .array(
      strict({
        host,
        kind: z.enum(endKinds),
        signals: z.array(signal).min(1).optional(),
        ports: strict({ grpc: port, http: port }).optional(),
        tls: z.boolean().optional(),
      }),
    )
    .optional(),
  entries: z
    .array(
      strict({
        tier: z.string(),
        signals: z.array(signal).min(1),
        by: z.enum(['node', 'service']).optional(),
      }),
    )
    .optional(),
  roles: z.record(z.string(), z.string()).optional(),
  grafana: z
    .string()
    .regex(/^\d+\.\d+(\.\d+)?$/, {
      error: ({ input }) => `found ${shown(input)}, expected a version as text, such as "12.3.0"`,
    })
    .optional(),
  grafanaToggles: z.array(z.enum(knownToggles)).optional(),
});

/** The JSON schema that editors use (`bench.schema.json`), made from the same source. */
export const benchFileJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(benchFileSchema, { io: 'input' }),
  title: 'What a pipeline is to the OpenTelemetry pipeline bench: <folder>.bench.yaml',
});

/**
 * Reads the file.
 * @throws UserError naming every mistake that can be seen without the manifests, with its place
 */
export function readBenchFile(file: string, text: string): BenchFile {
  const { documents, problems } = parseYaml(file, text);
  throwProblems(problems);
  const [document, ...others] = documents;
  if (!document || others.length > 0) {
    const place = { file, line: 1, column: 1 };
    throw throwProblems([{ place, message: 'expected exactly one YAML document' }]);
  }
  const parsed = benchFileSchema.safeParse(document.value ?? {}, { error: wordingOf });
  if (!parsed.success) throw throwProblems(problemsOf(parsed.error.issues, document));
  const { backends, entries = [], roles = {}, grafana, grafanaToggles = [] } = parsed.data;
  const bench: BenchFile = {
    file,
    backends: backends?.map(({ signals, ports, tls, ...own }, i) => ({
      ...own,
      ports,
      tls,
      signals: signals ?? signalsOf(own.kind),
      place: document.place(['backends', i, 'host']),
    })),
    entries: entries.map(({ tier, signals, by }, i) => {
      return { tier, signals, by, place: document.place(['entries', i]) };
    }),
    roles: Object.entries(roles).map(([role, tier]) => {
      return { role, tier, place: document.place(['roles', role]) };
    }),
    grafana,
    grafanaToggles,
  };
  throwProblems([...checkBackends(bench), ...checkSignals(bench)]);
  return bench;
}

const signalsOf = (kind: EndKind): Signal[] =>
  (Object.keys(kindOf) as Signal[]).filter((own) => kind === 'otlp' || kindOf[own] === kind);

function checkBackends({ backends = [] }: BenchFile): Problem[] {
  return backends.flatMap(({ host: name, kind, signals, ports, place }, i): Problem[] => {
    const strange = signals.filter((own) => !signalsOf(kind).includes(own));
    const isSecond = backends.findIndex((other) => other.host === name) < i;
    const taken = signalsOf(kind).join(' and ');
    return [
      ...(isSecond ? [{ place, message: `host "${name}" is named twice` }] : []),
      ...strange.map((own) => ({ place, message: `kind ${kind} takes ${taken}, not ${own}` })),
      ...checkPorts(kind, ports).map((message) => ({ place, message })),
    ];
  });
}

function checkPorts(kind: EndKind, ports: BackendPorts | undefined): string[] {
  if (!ports) return [];
  const { grpc, http } = ports;
  return [
    ...(grpc === undefined && http === undefined ? ['ports: expected grpc, http or both'] : []),
    ...(grpc !== undefined && grpc === http ? [`port ${grpc} takes either gRPC or HTTP`] : []),
    ...(grpc !== undefined && kind !== 'tempo' && kind !== 'otlp'
      ? [`kind ${kind} takes OTLP over HTTP only`]
      : []),
  ];
}

/** A signal enters in one way. */
function checkSignals({ entries }: BenchFile): Problem[] {
  const first = new Map<Signal, DeclaredEntry>();
  return entries.flatMap((entry) =>
    entry.signals.flatMap((own): Problem[] => {
      const known = first.get(own);
      first.set(own, known ?? entry);
      if (!known) return [];
      const message = `${own} enter by tier "${known.tier}" already (line ${known.place.line})`;
      return [{ place: entry.place, message }];
    }),
  );
}

/** What of the file does not fit the manifests: tiers that they do not have. */
export function checkBenchFile({ entries, roles }: BenchFile, tiers: readonly string[]): Problem[] {
  const absent = (tier: string, what: string, place: Place): Problem[] => {
    if (tiers.includes(tier)) return [];
    const message = `${what} is tier "${tier}", which the manifests do not have`;
    return [{ place, message, ...nearest(tier, tiers) }];
  };
  return [
    ...entries.flatMap(({ tier, place }) => absent(tier, 'an entry', place)),
    ...roles.flatMap(({ role, tier, place }) => [
      ...absent(tier, `role "${role}"`, place),
      ...(tiers.includes(role) && role !== tier
        ? [{ place, message: `role "${role}" is the name of a tier, which goes before it` }]
        : []),
    ]),
  ];
}
