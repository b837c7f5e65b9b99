import { type Place, type Problem, throwProblems } from '../lib/errors.ts';
import { problemsOf, wordingOf } from '../lib/schema-issues.ts';
import { type LocatedDocument, parseYaml } from '../lib/yaml.ts';
import { cardTag, cellsOf } from './card.ts';
import { claimsOf } from './claims.ts';
import { checkMeaning } from './meaning.ts';
import { scenarioSchema, type Written } from './schema.ts';
import { expandShape, expandTree } from './shape.ts';
import type { ClassSpec, Edit, Scenario, SpanNode, TraceLoad } from './types.ts';
import { usersOf } from './users.ts';

type WrittenLoad = Written['load'][number];

const defaultShape = { spans: 5, depth: 3 };
const defaultSettleMs = 120_000;

/** A scenario as it was written, with what is wrong with what it means. */
export interface ReadScenario {
  readonly scenario: Scenario;
  readonly problems: readonly Problem[];
}

/**
 * Decodes one scenario file. `findingKinds` are the words that `found:` may name.
 *
 * @throws UserError naming every mistake with file:line:column; nothing was started.
 */
export function decodeScenario(
  file: string,
  text: string,
  findingKinds: readonly string[],
): Scenario {
  const { scenario, problems } = readScenario(file, text, findingKinds);
  throwProblems(problems);
  return scenario;
}

/**
 * Reads one scenario file, for who has more to say of it before its mistakes are shown.
 *
 * @throws UserError for a file that has not the form of a scenario
 */
export function readScenario(
  file: string,
  text: string,
  findingKinds: readonly string[],
): ReadScenario {
  const { documents, problems } = parseYaml(file, text);
  throwProblems(problems);
  const [document, ...others] = documents;
  if (!document || others.length > 0) {
    throwProblems([
      { place: { file, line: 1, column: 1 }, message: 'expected exactly one YAML document' },
    ]);
  }
  const located = document as LocatedDocument;
  const parsed = scenarioSchema.safeParse(located.value, { error: wordingOf });
  if (!parsed.success) throwProblems(problemsOf(parsed.error.issues, located));
  const written = parsed.data as Written;
  const scenario = resolve(written, located);
  return { scenario, problems: checkMeaning(written, scenario, located, findingKinds) };
}

/** The pipeline that a file names which may be no scenario; none where the file edits it. */
export function pipelineNamedIn(
  file: string,
  text: string,
): { name: string; place: Place } | undefined {
  const { documents } = parseYaml(file, text);
  const [document] = documents;
  const written = document?.value;
  if (!document || typeof written !== 'object' || written === null || 'set' in written) {
    return undefined;
  }
  const name = 'pipeline' in written ? written.pipeline : undefined;
  return typeof name === 'string' ? { name, place: document.place(['pipeline']) } : undefined;
}

function resolve(written: Written, document: LocatedDocument): Scenario {
  return {
    file: document.file,
    place: document.place,
    name: written.name,
    about: written.about,
    pipeline: written.pipeline,
    tags: written.card === undefined ? (written.tags ?? []) : [...(written.tags ?? []), cardTag],
    card: cellsOf(written.card),
    claims: claimsOf(written.claims),
    set: resolveEdits(written, document),
    load: written.load.map(resolveLoad),
    users: written.users && usersOf(written.users),
    phases: written.phases.map((phase) => ({ forMs: phase.for, times: phase.times ?? 1 })),
    faults: written.faults ?? [],
    settleMs: written.settle ?? defaultSettleMs,
    expect: written.expect,
  };
}

function resolveEdits(written: Written, document: LocatedDocument): Edit[] {
  return Object.entries(written.set ?? {}).flatMap(([resource, paths]) =>
    Object.entries(paths).map(([path, value]) => {
      const { file, line, column } = document.keyPlace(['set', resource, path]);
      const origin = `${file}:${line}:${column}`;
      return { resource: resourceOf(resource), path, value, origin };
    }),
  );
}

/** The kind may be left out for a collector: `gateway` is `OpenTelemetryCollector/gateway`. */
export const resourceOf = (written: string): string =>
  written.includes('/') ? written : `OpenTelemetryCollector/${written}`;

/** A kubelet's `containerLogMaxSize`, unless it is set. */
const containerLogMaxBytes = 10 << 20;

function resolveLoad(load: WrittenLoad): TraceLoad {
  const tree = treeOf(load);
  return {
    name: load.traces,
    ratePerSecond: load.rate,
    services: [...new Set(tree.map((node) => node.service))],
    podsPerService: load.pods ?? 2,
    address: load.address ?? 'attribute',
    affinity: load.affinity,
    startRace: load.startRace ?? false,
    tree,
    classes: Object.entries(load.classes ?? {}).map(([name, spec]) => resolveClass(name, spec)),
    late: load.late && { share: load.late.share, deliverAfterMs: load.late.deliverAfter },
    logsPerSpan: load.logs?.perSpan ?? 0,
    rotateLogsBytes: load.logs?.rotateAt ?? containerLogMaxBytes,
    metricsEveryMs: load.metrics?.every ?? 0,
    exemplars: load.metrics?.exemplars ?? false,
    canaries: Object.entries(load.canaries ?? {}).map(([key, own]) => ({ key, ...own })),
  };
}

function treeOf(load: WrittenLoad): SpanNode[] {
  if (load.tree) return expandTree(load.tree);
  const { spans, depth } = load.shape ?? defaultShape;
  return expandShape(spans, depth, load.services ?? ['service']);
}

function resolveClass(
  name: string,
  spec: Exclude<WrittenLoad['classes'], undefined>[string],
): ClassSpec {
  const plain = typeof spec === 'number';
  return {
    name,
    share: plain ? spec : spec.share,
    statusError: (!plain && spec.status === 'error') || name === 'error',
    durationMs: plain ? undefined : spec.duration,
    attributes: plain ? {} : (spec.attributes ?? {}),
    on: plain ? 'root' : (spec.on ?? 'root'),
  };
}
