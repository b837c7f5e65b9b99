import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { UserError } from '../lib/errors.ts';
import { isReadable, readJson, schemaFor } from './json.ts';

interface Pair {
  readonly a: number;
  readonly b: string | undefined;
}
const of = schemaFor<Pair>()(z.object({ a: z.number(), b: z.string().optional() }));

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'json-'));
  file = join(folder, 'x.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['', /damaged, no JSON/],
  ['{"a": 1', /damaged, no JSON/],
  ['null', /damaged, as a whole: .*expected object/],
  ['{"b": "x"}', /damaged, a: .*expected number/],
  ['{"a": 1, "b": 2}', /damaged, b: .*expected string/],
])('says of %s what is wrong and what to do, in one line', (text, message) => {
  writeFileSync(file, text);
  expect(() => readJson(file, of, 'do this')).toThrow(UserError);
  expect(() => readJson(file, of, 'do this')).toThrow(message);
  expect(() => readJson(file, of, 'do this')).toThrow(/^[^\n]*x\.json: [^\n]*Hint: do this$/);
  expect(isReadable(file, of)).toBe(false);
});

it('reads what fits, and says of a file that is not there that it is not', () => {
  expect(() => readJson(file, of, 'do this')).toThrow(/ENOENT.*Hint/);
  writeFileSync(file, '{"a": 1, "more": true}');
  expect(readJson(file, of, '')).toEqual({ a: 1, more: true });
  expect(isReadable(file, of)).toBe(true);
});
