import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Verdict } from './judge/types.ts';
import { judgeAgain } from './judge-folder.ts';
import { parseYaml } from './lib/yaml.ts';
import { renderJson } from './report/json.ts';
import { scenarioNames, scenariosFolder } from './scenarios.ts';
import { type SchemaName, schemas, schemaText } from './schemas.ts';

const root = join(import.meta.dirname, '..');
/** What a program sees that has only the file. */
const fromFile = (name: SchemaName): z.ZodType =>
  z.fromJSONSchema(JSON.parse(readFileSync(join(root, schemas[name].file), 'utf8')));

describe.each(Object.keys(schemas) as SchemaName[])('%s', (name) => {
  it('is kept in its file as its source makes it', () => {
    const { file } = schemas[name];
    const kept = readFileSync(join(root, file), 'utf8');
    const again = `npm run --silent bench -- schema ${name} > ${file}; npm run lint -- --write`;
    expect(JSON.parse(kept), `make it again: ${again}`).toEqual(JSON.parse(schemaText(name)));
  });
});

describe('scenario.schema.json', () => {
  const schema = fromFile('scenario');
  const read = (name: string): unknown => {
    const file = join(scenariosFolder, `${name}.yaml`);
    return parseYaml(file, readFileSync(file, 'utf8')).documents[0]?.value;
  };

  it.each(scenarioNames())('takes %s', (name) => {
    expect(schema.safeParse(read(name)).error?.issues).toBeUndefined();
  });

  it.each([
    ['an unknown key', { colour: 'red' }],
    ['a fault that is none', { faults: [{ at: '1s', explode: 'gateway/1' }] }],
    ['a target that is none', { faults: [{ at: '1s', kill: 'gateway' }] }],
    ['an expectation with a wrong key', { expect: [{ lost: { span: 0 } }] }],
  ])('does not take %s', (_, wrong) => {
    expect(schema.safeParse({ ...(read('steady') as object), ...wrong }).success).toBe(false);
  });
});

describe('verdict.schema.json', () => {
  const schema = fromFile('verdict');
  let verdict: Verdict;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'schema-'));
    cpSync(join(root, 'fixtures', 'runs', 'small-kill'), folder, { recursive: true });
    verdict = JSON.parse(renderJson(await judgeAgain(folder))) as Verdict;
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes the verdict of a recorded run', () => {
    expect(schema.safeParse(verdict).error?.issues).toBeUndefined();
    expect(verdict.receipts).toHaveLength(1);
  });

  it('takes one with findings', () => {
    const [first, ...rest] = verdict.checks;
    const example = { traceId: 'aa'.repeat(16), spanId: 'bb'.repeat(8), note: 'taken 2 times' };
    const finding = {
      kind: 'duplicated',
      hop: 'gateway→tempo',
      component: '',
      cause: 'spans',
      count: 1,
      window: { fromMs: 1.5, toMs: 2 },
      examples: [example, { traceId: example.traceId }],
      fix: 'export once',
    };
    const failed = { ...first, verdict: 'fail', findings: [finding, { ...finding, window: null }] };
    const whole = { ...verdict, checks: [failed, ...rest] };
    expect(schema.safeParse(whole).error?.issues).toBeUndefined();
    const strange = { ...failed, findings: [{ ...finding, kind: 'bad-luck' }] };
    expect(schema.safeParse({ ...verdict, checks: [strange] }).success).toBe(false);
  });

  it.each<[string, (damaged: Record<string, unknown>) => void]>([
    ['no verdict', (v) => delete v.verdict],
    ['a verdict that is none', (v) => Object.assign(v, { verdict: 'passed' })],
    ['a bucket gone', (v) => delete (v.accounting as Record<string, unknown>).unexplained],
    ['half a span', (v) => Object.assign(v.accounting as object, { delivered: 0.5 })],
    [
      'a receipt without its proof',
      (v) => delete (v.receipts as Record<string, unknown>[])[0]?.proof,
    ],
    ['a key that nobody knows', (v) => Object.assign(v, { mood: 'good' })],
    [
      'a check that nobody knows',
      (v) => Object.assign((v.checks as object[])[0]!, { name: 'luck' }),
    ],
  ])('does not take %s', (_, damage) => {
    const damaged = structuredClone(verdict) as unknown as Record<string, unknown>;
    damage(damaged);
    expect(schema.safeParse(damaged).success).toBe(false);
  });
});
