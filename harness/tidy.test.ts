import { describe, expect, it } from 'vitest';
import {
  folderOf,
  importCircles,
  isImportedBy,
  reachedFrom,
  repositoryFiles,
  type Source,
  sources,
} from './tidy.testing.ts';

/** Who may import what: a folder of `harness/`, a folder in one, or one file of it. */
interface Row {
  readonly may: readonly string[];
  readonly why: string;
}

/**
 * Later stages read the types of earlier ones, never back; type imports count. A row may only name
 * rows above it, so that no circle can come about.
 */
const plannedBy = ['types', 'called', 'resolvers', 'entry', 'scrape'].map(
  (n) => `pipeline/${n}.ts`,
);
const pages = ['report/html-style.ts', 'report/markup.ts'];
/** What was planned, and how a target tells it. */
const plans = ['plan/types.ts', 'plan/exposition.ts'];
const rows: Readonly<Record<string, Row>> = {
  lib: { may: [], why: 'pure helpers that everybody shares' },
  journal: { may: [], why: 'drive and faults write it; it knows neither' },
  tap: { may: [], why: 'a process of its own that knows bytes, not plans' },
  shell: { may: ['lib'], why: 'the outside world behind small interfaces, for any stage' },
  scenario: { may: ['lib'], why: 'a file that a person wrote means the same whatever runs it' },
  collector: {
    may: ['lib'],
    why: 'what a collector does with data, for whoever reads manifests or judges',
  },
  grafana: {
    may: ['lib'],
    why: 'what a click asks, for whoever reads its data sources, clicks or judges',
  },
  pipeline: {
    may: ['lib', 'collector', 'grafana'],
    why: 'manifests are understood without knowing what is tried on them',
  },
  plan: {
    may: ['lib', 'scenario', ...plannedBy],
    why: 'seeded and pure: scenario and seed decide it, nothing that runs',
  },
  stack: {
    may: ['lib', 'shell', 'tap', 'pipeline', 'scenario/apps.ts', ...plans],
    why: 'stands up what it is given; what will be sent and broken is not its business',
  },
  drive: { may: ['lib', 'plan'], why: 'sends the plan; it meets faults in the journal only' },
  faults: {
    may: ['shell', 'journal', 'scenario/types.ts', 'plan/types.ts', 'stack/types.ts'],
    why: 'breaks things through the interface that every runtime has',
  },
  evidence: {
    may: [
      'lib',
      'shell',
      'tap/format.ts',
      'tap/otlp-paths.ts',
      'tap/snappy.ts',
      'grafana',
      'scenario/apps.ts',
      'pipeline/types.ts',
      ...plans,
      'stack/types.ts',
      'drive',
      'faults/types.ts',
    ],
    why: 'gathers what the stages before it left, by their types and file formats',
  },
  judge: {
    may: [
      'lib',
      'collector',
      'grafana',
      'scenario',
      'pipeline',
      'plan/types.ts',
      'stack/types.ts',
      'drive/outcomes.ts',
      'evidence/types.ts',
    ],
    why: 'a pure function of what was planned and recorded: it sees data types, nothing that acts',
  },
  report: { may: ['lib', 'judge'], why: 'turns a verdict into text and decides nothing' },
  sizing: {
    may: ['lib', 'pipeline/retries.ts', 'plan/random.ts', ...pages],
    why: 'measured windows become an answer: a pure function of them and a seed',
  },
  doctor: {
    may: ['lib', 'shell', 'stack/acquire', 'stack/embedded'],
    why: 'asks what a runtime needs before one is started',
  },
  clean: { may: ['shell'], why: 'looks at folders only, whoever made them' },
  '(root)': {
    may: [
      'lib',
      'shell',
      'journal',
      'tap/format.ts',
      'tap/hide.ts',
      'scenario',
      'pipeline',
      'plan',
      'stack',
      'drive',
      'faults',
      'evidence',
      'judge',
      'report',
      'sizing',
    ],
    why: 'puts the stages in a row; the oracle’s test edits what a tap recorded',
  },
  oracle: {
    may: ['(root)', 'lib', 'plan/random.ts', 'tap/format.ts', 'evidence', 'judge/types.ts'],
    why: 'edits recorded runs and looks what the judge says',
  },
  selftest: {
    may: ['(root)', 'lib', 'shell', 'scenario', 'plan'],
    why: 'tries the bench as a user does',
  },
  benchmark: {
    may: ['(root)', 'lib', 'shell', 'tap', 'plan', 'stack', 'drive', 'evidence', 'judge/types.ts'],
    why: 'measures the parts that have to be fast',
  },
  commands: {
    may: [
      '(root)',
      'lib',
      'shell',
      'judge',
      'report',
      'sizing',
      'stack',
      'doctor',
      'clean',
      'oracle',
      'selftest',
      'benchmark',
    ],
    why: 'one file a command: what main.ts calls',
  },
};

/** What computes and reaches nothing. */
const computing = ['node:buffer', 'node:crypto', 'node:zlib'];
/** Folders that reach no file, process or clock, with the packages that they may use. */
const pure: Readonly<Record<string, readonly string[]>> = {
  scenario: ['zod'],
  collector: [],
  grafana: ['zod'],
  pipeline: ['yaml', 'zod'],
  plan: [],
  judge: ['zod'],
  report: ['listr2'],
  sizing: ['yaml'],
  lib: ['yaml', 'zod'],
};
/** Shows stages on a terminal while they go on. */
const actsAllTheSame = ['harness/report/progress.ts'];

/** Runs under whatever Node the user has, before ours is there. */
const plainJs = ['harness/bin.js', 'harness/bootstrap.js'];
/** Files that a process starts with. */
const entries = [
  ...plainJs,
  'harness/main.ts',
  'harness/enter.js',
  'harness/tap/entry.ts',
  'harness/selftest/damaged/reader.ts',
  ...['inner', 'relay', 'log-writer'].map((name) => `harness/stack/embedded/${name}.ts`),
];
const production = sources.filter((source) => !source.isTest);

const within = (path: string, entry: string): boolean => {
  const inside = path.replace(/^harness\//, '');
  if (entry === '(root)') return !inside.includes('/');
  return inside === entry || inside.startsWith(`${entry}/`);
};

function forbidden({ path, imports }: Source): string[] {
  const own = folderOf(path);
  const row = rows[own];
  if (!row) return [`${path}: no row for ${own}/: add one to the table, with its why`];
  const isMain = path === 'harness/main.ts';
  return imports.flatMap(({ to, isFile }) => {
    if (!isFile || folderOf(to) === own || (isMain && folderOf(to) === 'commands')) return [];
    if (!to.startsWith('harness/') || row.may.some((entry) => within(to, entry))) return [];
    return `${path} imports ${to}: row "${own}" does not allow it (${row.why}). Turn the arrow round, or change that row in harness/tidy.test.ts and say why`;
  });
}

describe('imports', () => {
  it('keep to the table', () => {
    expect(sources.flatMap(forbidden)).toEqual([]);
  });

  it('need every arrow of the table, each to a row above', () => {
    const order = Object.keys(rows);
    const wrong = order.flatMap((folder, i) =>
      (rows[folder]?.may ?? []).flatMap((entry) => {
        if (order.indexOf(entry.split('/')[0] ?? '') >= i) return `${folder} -> ${entry}: below`;
        const used = sources.some(
          ({ path, imports }) =>
            folderOf(path) === folder && imports.some(({ to }) => within(to, entry)),
        );
        return used ? [] : `${folder} -> ${entry}: nobody needs it, take it out`;
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('go in no circle: what two files share stands below both', () => {
    const files = sources.map(
      ({ path, imports }) =>
        [path, imports.flatMap(({ to, isFile }) => (isFile ? to : []))] as const,
    );
    expect(importCircles(new Map(files)).map((circle) => circle.join(' -> '))).toEqual([]);
  });
});

describe('pure folders', () => {
  const files = production.filter(({ path }) => folderOf(path) in pure);

  it('import nothing that reaches the world', () => {
    const wrong = files.flatMap(({ path, imports }) => {
      const allowed = [...computing, ...(pure[folderOf(path)] ?? [])];
      const outside = imports.filter(({ to, isFile }) => !isFile && !allowed.includes(to));
      return outside.map(({ to }) => `${path}: ${to}; let a stage that acts hand it in`);
    });
    expect(wrong).toEqual([]);
  });

  it('ask no process, clock or chance', () => {
    const asks = new RegExp(
      String.raw`\bprocess\.[a-z]|\bDate\.now|\bnew Date\(\)|\bperformance\.|\bMath\.random` +
        String.raw`|\bset(Timeout|Interval)\(|\bfetch\(|\bconsole\.`,
    );
    const wrong = files.flatMap(
      ({ path, code }) => asks.exec(code)?.[0] && `${path}: ${asks.exec(code)?.[0]}`,
    );
    expect(
      wrong.filter((text) => text && !actsAllTheSame.some((path) => text.startsWith(path))),
    ).toEqual([]);
  });
});

describe('processes', () => {
  const finds = (what: RegExp, allowed: readonly string[]): string[] =>
    production
      .filter(({ path, code }) => !allowed.includes(path) && what.test(code))
      .map(({ path }) => path);

  it('only main.ts and the bootstrap read environment and arguments', () => {
    expect(finds(/\bprocess\.(env|argv)\b/, plainJs.concat('harness/main.ts'))).toEqual([]);
  });

  it('only what a process starts with ends it', () => {
    expect(finds(/\bprocess\.exit\b/, entries)).toEqual([]);
  });
});

describe('dead files', () => {
  const tests = sources.filter(({ path }) => path.endsWith('.test.ts')).map(({ path }) => path);
  const used = reachedFrom(['harness/main.ts', 'harness/enter.js', ...plainJs]);
  const tested = reachedFrom(tests);

  it('there are none', () => {
    const dead = production.flatMap(({ path }) => {
      if (used.has(path)) return [];
      const only = `${path}: only tests use it, so name it *.testing.ts`;
      return tested.has(path) ? only : `${path}: nothing uses it`;
    });
    expect(dead).toEqual([]);
  });

  it('what only helps tests is named so, and helps one', () => {
    const helpers = sources.filter(({ path, isTest }) => isTest && !tests.includes(path));
    const wrong = helpers.filter(({ path }) => used.has(path) || !tested.has(path));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('every script is named in a source', () => {
    const scripts = repositoryFiles().filter((path) =>
      /^(harness\/.*\.sh|fixtures\/load\/.*\.js)$/.test(path),
    );
    const named = scripts.filter((path) => used.has(path));
    const isUsed = (path: string) => named.some((by) => by === path || isImportedBy(path, by));
    expect(scripts.filter((path) => !isUsed(path))).toEqual([]);
  });
});
