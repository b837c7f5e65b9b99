import type { z } from 'zod';
import { type Problem, throwProblems } from '../lib/errors.ts';
import { type LocatedDocument, parseYaml } from '../lib/yaml.ts';
import { scenarioSchema, unknownWord } from './schema.ts';
import { expandShape, expandTree } from './shape.ts';
import type {
  ClassSpec,
  Edit,
  ExceptionName,
  Expectation,
  FaultSpec,
  Scenario,
  SpanNode,
  Target,
  TraceLoad,
} from './types.ts';

type Written = z.output<typeof scenarioSchema>;
type WrittenLoad = Written['load'][number];

/** Default grace period of a deleted pod, as Kubernetes has it. */
const defaultGraceMs = 30_000;
const defaultShape = { spans: 5, depth: 3 };

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
  const { documents, problems } = parseYaml(file, text);
  throwProblems(problems);
  const [document, ...others] = documents;
  if (!document || others.length > 0) {
    throwProblems([
      { place: { file, line: 1, column: 1 }, message: 'expected exactly one YAML document' },
    ]);
  }
  const located = document as LocatedDocument;
  const parsed = scenarioSchema.safeParse(located.value);
  if (!parsed.success) {
    throwProblems(parsed.error.issues.flatMap((issue) => problemsOf(issue, located)));
  }
  const written = parsed.data as Written;
  const scenario = resolve(written, located);
  throwProblems(checkMeaning(written, scenario, located, findingKinds));
  return scenario;
}

function problemsOf(issue: z.core.$ZodIssue, document: LocatedDocument): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key, i) => ({
      place: document.keyPlace([...issue.path, key]),
      message: issue.message.split('; unknown key').at(i === 0 ? 0 : i) ?? issue.message,
    }));
  }
  const deepest = issue.code === 'invalid_union' ? deepestIssue(issue) : issue;
  const path = deepest === issue ? issue.path : [...issue.path, ...deepest.path];
  const ofKey = deepest.code === 'custom' && deepest.message.startsWith('unknown ');
  const found = ofKey ? document.keyPlace(path) : document.place(path);
  return [{ place: found, message: messageOf(deepest, path) }];
}

/** Of a union's failed branches, the issue that got furthest: the branch that was meant. */
function deepestIssue(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue {
  const all = issue.errors.flat();
  const best = [...all].sort((a, b) => b.path.length - a.path.length)[0];
  const custom = all.find((i) => i.code === 'custom' || i.code === 'unrecognized_keys');
  return custom ?? best ?? issue;
}

function messageOf(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): string {
  const name = path.length > 0 ? `${path.map(String).join('.')}: ` : '';
  return `${name}${issue.message}`;
}

function resolve(written: Written, document: LocatedDocument): Scenario {
  return {
    file: document.file,
    name: written.name,
    about: written.about,
    pipeline: written.pipeline,
    tags: written.tags ?? [],
    set: resolveEdits(written, document),
    load: written.load.map(resolveLoad),
    phases: written.phases.map((phase) => ({ forMs: phase.for, times: phase.times ?? 1 })),
    faults: (written.faults ?? []).map((fault) => resolveFault(fault as WrittenFault)),
    expect: written.expect.map((item) => resolveExpectation(item as WrittenExpectation)),
  };
}

function resolveEdits(written: Written, document: LocatedDocument): Edit[] {
  return Object.entries(written.set ?? {}).flatMap(([resource, paths]) =>
    Object.entries(paths).map(([path, value]) => {
      const { file, line, column } = document.keyPlace(['set', resource, path]);
      return { resource, path, value, origin: `${file}:${line}:${column}` };
    }),
  );
}

function resolveLoad(load: WrittenLoad): TraceLoad {
  const tree = treeOf(load);
  return {
    name: load.traces,
    ratePerSecond: load.rate,
    services: [...new Set(tree.map((node) => node.service))],
    podsPerService: load.pods ?? 2,
    tree,
    classes: Object.entries(load.classes ?? {}).map(([name, spec]) => resolveClass(name, spec)),
    late: load.late && { share: load.late.share, deliverAfterMs: load.late.deliverAfter },
    logsPerSpan: load.logs?.perSpan ?? 0,
    metricsEveryMs: load.metrics?.every ?? 0,
    canaries: Object.entries(load.canaries ?? {}).map(([attribute, share]) => ({
      attribute,
      share,
    })),
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
    statusError: plain ? name === 'error' : spec.status === 'error',
    durationMs: plain ? undefined : spec.duration,
    attributes: plain ? {} : (spec.attributes ?? {}),
    on: plain ? 'root' : (spec.on ?? 'root'),
  };
}

type WrittenFault =
  | { at: number; kill: string }
  | { at: number; restart: string; grace?: number }
  | { at: number; pause: string; for: number };

function resolveFault(fault: WrittenFault): FaultSpec {
  const atMs = fault.at;
  if ('kill' in fault) return { kind: 'kill', atMs, target: resolveTarget(fault.kill) };
  if ('restart' in fault) {
    const graceMs = fault.grace ?? defaultGraceMs;
    return { kind: 'restart', atMs, target: resolveTarget(fault.restart), graceMs };
  }
  return { kind: 'pause', atMs, target: resolveTarget(fault.pause), forMs: fault.for };
}

function resolveTarget(text: string): Target {
  const [tier = '', ordinal = ''] = text.split('/');
  if (ordinal === '*') return { tier, ordinal: 'all' };
  if (ordinal === 'random') return { tier, ordinal: 'random' };
  return { tier, ordinal: Number(ordinal) };
}

type Except = ExceptionName | ExceptionName[] | undefined;
type TierCount = number | { tier?: string; count: number };
type WrittenExpectation =
  | { decided: 'as-predicted' }
  | { kept: { class: string; share: number; except?: Except } }
  | { lost: { spans: number; logs?: number; except?: Except } }
  | { duplicated: { spans: number; logs?: number; except?: Except } }
  | { altered: { spans: number; logs?: number } }
  | { late: { joined: number; orphaned?: number } }
  | { visible: { share: number; within: number } }
  | { restarts: TierCount }
  | { oomKilled: TierCount }
  | { unexplained: { spans: 0 } }
  | { held: { atLeast: number } }
  | { found: string[] };

const listOf = (except: Except): ExceptionName[] =>
  except === undefined ? [] : Array.isArray(except) ? except : [except];

const tierCountOf = (value: TierCount) =>
  typeof value === 'number'
    ? { tier: undefined, count: value }
    : { tier: value.tier, count: value.count };

function resolveExpectation(item: WrittenExpectation): Expectation {
  if ('decided' in item) return { check: 'decided' };
  if ('kept' in item) {
    const { class: name, share, except } = item.kept;
    return { check: 'kept', class: name, share, except: listOf(except) };
  }
  if ('lost' in item) {
    const { spans, logs, except } = item.lost;
    return { check: 'lost', spans, logs: logs ?? 0, except: listOf(except) };
  }
  if ('duplicated' in item) {
    const { spans, logs, except } = item.duplicated;
    return { check: 'duplicated', spans, logs: logs ?? 0, except: listOf(except) };
  }
  if ('altered' in item) return { check: 'altered', logs: 0, ...item.altered };
  if ('late' in item) {
    return { check: 'late', joinedShare: item.late.joined, orphaned: item.late.orphaned ?? 0 };
  }
  if ('visible' in item) {
    return { check: 'visible', share: item.visible.share, withinMs: item.visible.within };
  }
  if ('restarts' in item) return { check: 'restarts', ...tierCountOf(item.restarts) };
  if ('oomKilled' in item) return { check: 'oomKilled', ...tierCountOf(item.oomKilled) };
  if ('held' in item) return { check: 'held', atLeast: item.held.atLeast };
  if ('found' in item) return { check: 'found', findings: item.found };
  return { check: 'unexplained', spans: 0 };
}

/** What a schema can't say: shares that add up, classes and findings that exist. */
function checkMeaning(
  written: Written,
  scenario: Scenario,
  document: LocatedDocument,
  findingKinds: readonly string[],
): Problem[] {
  const problems: Problem[] = [];
  const classNames = new Set(['normal']);
  scenario.load.forEach((load, i) => {
    for (const spec of load.classes) classNames.add(spec.name);
    const sum = load.classes.reduce((total, spec) => total + spec.share, 0);
    const place = document.place(['load', i, 'classes']);
    if (sum > 1)
      problems.push({
        place,
        message: `the classes' shares add up to ${sum * 100} %, more than 100 %`,
      });
    if (load.classes.some((spec) => spec.name === 'normal')) {
      problems.push({ place, message: 'class "normal" is the rest and is not declared' });
    }
    for (const [name, spec] of Object.entries(written.load[i]?.classes ?? {})) {
      if (typeof spec === 'number' && name !== 'error') {
        problems.push({
          place: document.keyPlace(['load', i, 'classes', name]),
          message: `class "${name}" says only a share: nothing tells it from "normal"`,
          hint: `write { share: ..., duration: ... } or { share: ..., attributes: {...} }; only "error" needs no more`,
        });
      }
    }
  });
  scenario.expect.forEach((item, i) => {
    if (item.check === 'kept' && !classNames.has(item.class)) {
      problems.push({
        place: document.place(['expect', i, 'kept', 'class']),
        message: unknownWord('class', item.class, [...classNames]),
      });
    }
    if (item.check !== 'found') return;
    item.findings.forEach((finding, j) => {
      if (findingKinds.includes(finding)) return;
      const place = document.place(['expect', i, 'found', j]);
      problems.push({ place, message: unknownWord('finding', finding, findingKinds) });
    });
  });
  return problems;
}
