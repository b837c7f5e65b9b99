import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from './judge/types.ts';
import { judgeFolder } from './judge-folder.ts';
import { carriers, itemsOf, readRecords, writeRecords } from './oracle.testing.ts';
import { reingest } from './reingest.ts';

/** A recorded run, edited: in one of its answers a backend says that it rejected something. */
const recorded = join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-steady');
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'partial-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** @param say makes the answer's payload out of how many items its request has */
async function judgeAnswered(
  backend: 'tempo' | 'loki',
  say: (items: number) => Buffer,
): Promise<Verdict & { readonly items: number }> {
  const run = mkdtempSync(join(root, 'run-'));
  cpSync(recorded, run, { recursive: true });
  const taps = join(run, 'evidence', 'taps');
  const file = join(taps, readdirSync(taps).find((name) => name.startsWith(backend)) ?? '');
  const records = readRecords(file);
  const request = carriers(records).find((record) => itemsOf(record).length > 1);
  const items = request ? itemsOf(request).length : 0;
  writeRecords(
    file,
    records.map((record) =>
      record.type === 'answer' && record.request === request?.request
        ? { ...record, payload: say(items) }
        : record,
    ),
  );
  await reingest(run);
  return { ...(await judgeFolder(run)), items };
}

/** A message as a gRPC call carries it. */
const frameOf = (content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 0, content.length]), content]);

/** Export...ServiceResponse { 1: partial_success { 1: rejected_... } } */
const message = (rejected: number): Buffer => Buffer.from([0x0a, 2, 8, rejected]);
const failed = ({ checks }: Verdict) =>
  checks.flatMap(({ name, verdict, findings }) =>
    verdict === 'fail' ? findings.map((f) => ({ check: name, ...f })) : [],
  );

describe('a partial success', () => {
  it.each([
    ['tempo', (items: number) => frameOf(message(items)), 'gateway/otlp_grpc/tempo'],
    ['loki', message, 'gateway/otlp_http/loki'],
  ] as const)('of %s that rejects all of a request is a refusal for good', async (...given) => {
    const [backend, say, component] = given;
    const verdict = await judgeAnswered(backend, say);
    expect(verdict.items).toBeGreaterThan(1);
    const lost = failed(verdict).filter(({ kind }) => kind === 'refused-by-backend');
    const why = expect.stringMatching(/^partial success: all rejected; endpoint: /);
    const fix = expect.stringMatching(/never sent again/);
    expect(lost).toContainEqual(
      expect.objectContaining({ check: 'lost', component, why, fix, count: verdict.items }),
    );
    expect(verdict.accounting.unexplained).toBe(0);
  });

  it('that rejects all but one names who did: which they were is not told', async () => {
    const verdict = await judgeAnswered('tempo', (items) => frameOf(message(items - 1)));
    expect(verdict.verdict).toBe('fail');
    const why = expect.stringMatching(/^partial success: \d+ rejected; endpoint: /);
    const blamed = { kind: 'refused-by-backend', component: 'gateway/otlp_grpc/tempo', why };
    expect(failed(verdict)).toMatchObject([blamed, blamed]);
    expect(verdict.accounting.indeterminate).toBe(verdict.items);
  });

  it('that nobody can read blames nobody', async () => {
    const verdict = await judgeAnswered('tempo', () => Buffer.from([1, 0, 0, 0, 1, 0x77]));
    expect(failed(verdict)).toEqual([]);
    expect(verdict.verdict).toBe('unknown');
  });

  it('that rejects nothing changes nothing', async () => {
    const verdict = await judgeAnswered('tempo', () => frameOf(message(0)));
    expect(verdict.verdict).toBe('pass');
  });
});
