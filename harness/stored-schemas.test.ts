import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawRunSchema, sealSchema, storedSchemas } from './evidence/schemas.ts';
import type { Clicks } from './evidence/types.ts';
import { timelineSchema } from './judge/timeline.schema.ts';
import { judgeAgain } from './judge-folder.ts';
import { UserError } from './lib/errors.ts';
import { loadSource } from './run-source.ts';

/** Every JSON file of a run, and its schema; plan.json is read by `loadSource` alone. */
const schemaOfFile = {
  'run.json': rawRunSchema.schema,
  'seal.json': sealSchema.schema,
  'timeline.json': timelineSchema,
  ...Object.fromEntries(
    Object.entries(storedSchemas).map(([name, { schema }]) => [`evidence/${name}.json`, schema]),
  ),
};
const files = Object.keys(schemaOfFile) as (keyof typeof schemaOfFile)[];

const item = { traceId: 'a', spanId: 'b' };
const clicks: Clicks = {
  rows: [{ ...item, timeNanos: '1', line: 'done', labels: { service_name: 'shop' } }],
  unseen: [item],
  clicks: [
    { ...item, link: 'log-to-trace', absent: { why: 'variable-undefined', variables: ['x'] } },
    {
      ...item,
      link: 'trace-to-log',
      label: 'Loki',
      request: { path: '/loki', parameters: { query: '{}' } },
      answer: { status: 200, error: '', items: [item] },
    },
    { ...item, link: 'log-to-trace', absent: { why: 'data-source-unknown', uid: 'x' } },
  ],
  errors: ['none'],
};
const ids = { traceId: 'aa', spanId: 'bb' };
/** No recorded run has users: one request, of which each kind of program tells. */
const appOfUsers = {
  requests: [
    {
      ...ids,
      order: 'o-0',
      atMs: 1,
      className: 'payment-fails',
      fails: 'payment',
      outcome: { request: 0, sentMs: 1, answeredMs: 2, status: 200 },
    },
  ],
  served: [
    { by: 'ingress', order: 'o-0', atMs: 1, came: { traceparent: 't', b3: 'b' } },
    { by: 'frontend', order: 'o-0', atMs: 1, came: {}, own: { ...ids, sampled: true } },
  ],
  spans: [
    { ...ids, order: 'o-0', service: 'frontend', kind: 2, parentSpanId: '', links: [ids], atMs: 1 },
  ],
};

let folder: string;
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stored-'));
  const run = join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-kill');
  cpSync(run, folder, { recursive: true });
  await judgeAgain(folder);
  // It was recorded before links were followed.
  writeFileSync(join(folder, 'evidence', 'clicks.json'), JSON.stringify(clicks));
  writeFileSync(join(folder, 'evidence', 'app.json'), JSON.stringify(appOfUsers));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Path = readonly (string | number)[];

/** Paths of what is no object and no list; of a list the first items stand for all. */
function leaves(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.slice(0, 3).flatMap((v, i) => leaves(v, [...path, i]));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, v]) => leaves(v, [...path, key]));
  return [path];
}

/** The same with another value at a path. */
function put(value: unknown, [first, ...rest]: Path, what: unknown): unknown {
  if (first === undefined) return what;
  const copy = Array.isArray(value) ? [...value] : { ...(value as Record<string, unknown>) };
  const known = copy as Record<string | number, unknown>;
  known[first] = put(known[first], rest, what);
  return copy;
}

/** Where anything may stand: values of attributes and of manifests, what a fault says beside. */
const isOpen = (name: string, path: Path): boolean =>
  name === 'evidence/dictionaries.json' ||
  path.includes('spec') ||
  (path[0] === 'edits' && path.at(-1) === 'value');

describe.each(files)('%s', (name) => {
  it('is as its schema says in a recorded run', () => {
    expect(existsSync(join(folder, name))).toBe(true);
    expect(schemaOfFile[name]?.safeParse(read(name)).error?.issues).toBeUndefined();
  });

  it('is refused with any one value of another kind, and as something else altogether', () => {
    const whole = read(name);
    const taken = leaves(whole)
      .filter((path) => !isOpen(name, path))
      .filter((path) => schemaOfFile[name]?.safeParse(put(whole, path, [{}])).success !== false);
    expect(taken).toEqual([]);
    for (const other of [null, 7, 'text', [7]])
      expect(schemaOfFile[name]?.safeParse(other).success).toBe(false);
  });
});

describe('the paths that are read', () => {
  const raw = () =>
    read('run.json') as { readonly tapFiles: readonly object[]; readonly lives: readonly object[] };
  const seal = () => read('seal.json') as { readonly files: object };
  const withTap = (file: string) => ({
    ...raw(),
    tapFiles: raw().tapFiles.map((tap) => ({ ...tap, file })),
  });
  const withQueue = (file: string) => {
    const left = { files: [{ path: '/queue/exporter_otlp__logs', file }] };
    return { ...raw(), lives: raw().lives.map((life) => ({ ...life, left })) };
  };
  const withSealed = (file: string) => {
    const [digest] = Object.values(seal().files);
    return sealSchema.schema.safeParse({ ...seal(), files: { ...seal().files, [file]: digest } });
  };

  it.each(['', '.', '..', '/', '/etc/passwd', '../other/a.tap', 'evidence/../../a.tap', 'taps/'])(
    '%j leads out of the run, or to no file',
    (file) => {
      const message = 'no path of a file in this folder';
      const [tap] = rawRunSchema.schema.safeParse(withTap(file)).error?.issues ?? [];
      expect(tap).toMatchObject({ path: ['tapFiles', 0, 'file'], message });
      const [queue] = rawRunSchema.schema.safeParse(withQueue(file)).error?.issues ?? [];
      expect(queue).toMatchObject({ path: ['lives', 0, 'left', 'files', 0, 'file'], message });
      expect(withSealed(file).success).toBe(false);
    },
  );

  it.each(['a.tap', 'evidence/taps/a..b.tap', 'evidence/.hidden', '...'])('%j is one', (file) => {
    expect(rawRunSchema.schema.safeParse(withTap(file)).error).toBeUndefined();
    expect(rawRunSchema.schema.safeParse(withQueue(file)).error).toBeUndefined();
    expect(withSealed(file).success).toBe(true);
  });
});

it('a folder where a file was recorded is a file that went', async () => {
  const tap = join(folder, 'evidence', 'taps', 'tempo-tempo-4317.tap');
  const kept = readFileSync(tap);
  rmSync(tap);
  mkdirSync(tap);
  const { verdict, checks } = await judgeAgain(folder);
  rmSync(tap, { recursive: true });
  writeFileSync(tap, kept);
  const found = checks.flatMap(({ findings }) => findings.map(({ cause }) => cause));
  expect(verdict).toBe('unknown');
  expect(found.join()).toContain('was sealed and is not there');
});

describe('plan.json', () => {
  it('is refused with any one value of another kind', () => {
    const whole = read('plan.json');
    const file = join(folder, 'plan.json');
    const closed = leaves(whole).filter((path) => !isOpen('plan.json', path));
    const taken = closed.filter((path) => {
      writeFileSync(file, JSON.stringify(put(whole, path, [{}])));
      try {
        loadSource(folder);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        return false;
      }
    });
    expect(taken).toEqual([]);
  });
});
