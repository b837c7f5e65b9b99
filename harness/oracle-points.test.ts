import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { messageOf } from './evidence/payload.ts';
import type { Verdict } from './judge/types.ts';
import { judgeFolder } from './judge-folder.ts';
import { readRecords, writeRecords } from './oracle.testing.ts';
import { reingest } from './reingest.ts';
import type { RequestRecord, TapRecord } from './tap/format.ts';

/** Edits of metric points in a recorded run: each is noticed, whichever of the ways it is on. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oracle-points-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ways: readonly (readonly [string, string, string])[] = [
  ['between the tiers', 'gateway-1-0', 'MetricsService/Export'],
  ['to the backend by OTLP', 'prometheus-prometheus-9090', '/otlp/v1/metrics'],
  ['to the backend by remote write', 'prometheus-prometheus-9090', '/api/v1/write'],
];

/** Judges the run with the first request of one way edited. */
async function judgeEdited(
  [, tap, path]: readonly [string, string, string],
  edit: (bytes: Buffer) => Buffer | undefined,
): Promise<Verdict> {
  const run = join(folder, 'run');
  cpSync(join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-steady'), run, {
    recursive: true,
  });
  const file = join(run, 'evidence', 'taps', `${tap}.tap`);
  const records = readRecords(file);
  const request = records.find(
    (r): r is RequestRecord => r.type === 'request' && r.meta.path.endsWith(path),
  );
  if (!request) throw new Error(`no request to ${path}`);
  const message = edit(messageOf(request));
  const isOf = (r: TapRecord) => 'request' in r && r.request === request.request;
  writeRecords(
    file,
    records.flatMap((r): TapRecord[] => {
      if (message === undefined) return isOf(r) ? [] : [r];
      return r === request ? [{ ...request, ...plain(request, message) }] : [r];
    }),
  );
  await reingest(run);
  const verdict = await judgeFolder(run);
  rmSync(run, { recursive: true, force: true });
  return verdict;
}

/** The same message without compression. */
function plain({ meta }: RequestRecord, message: Buffer): Pick<RequestRecord, 'meta' | 'payload'> {
  if (!meta.grpc) return { meta: { ...meta, encoding: 'identity' }, payload: message };
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return { meta, payload: Buffer.concat([head, message]) };
}

const found = ({ checks }: Verdict) => checks.flatMap(({ findings }) => findings);

/** Replaces every appearance of a text by another of the same length. */
const replaced = (bytes: Buffer, [text, by]: readonly [string, string]): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll(text, by), 'latin1');

it.each(ways)('passes with nothing changed but the compression: %s', async (...way) => {
  expect((await judgeEdited(way, (bytes) => bytes)).verdict).toBe('pass');
});

it.each(ways)('another value, %s, is one that nobody planned', async (...way) => {
  // The gauge's 1 as a double: 3ff0000000000000.
  const verdict = await judgeEdited(way, (bytes) =>
    replaced(bytes, ['\x00\x00\x00\x00\x00\x00\xf0\x3f', '\x00\x00\x00\x00\x00\x00\xf8\x3f']),
  );
  expect(verdict.verdict).not.toBe('pass');
  expect(found(verdict)).toContainEqual(
    expect.objectContaining({ kind: 'never-planned', cause: 'metric points' }),
  );
});

it.each(ways)('a request that is gone, %s, is missed', async (...way) => {
  const verdict = await judgeEdited(way, () => undefined);
  expect(verdict.verdict).not.toBe('pass');
  expect(JSON.stringify(found(verdict))).toContain('bench.requests{bench.pod=');
});

it.each(ways)('metrics of another name, %s, are missed', async (...way) => {
  const verdict = await judgeEdited(way, (bytes) => replaced(bytes, ['requests', 'requeste']));
  expect(verdict.verdict).not.toBe('pass');
  expect(JSON.stringify(found(verdict))).toContain('bench.requests{bench.pod=');
});

it.each(ways)('a request that can’t be read, %s, is unknown', async (...way) => {
  const verdict = await judgeEdited(way, (bytes) => bytes.subarray(0, -2));
  expect(verdict.verdict).toBe('unknown');
  expect(
    found(verdict)
      .map(({ cause }) => cause)
      .join('; '),
  ).toContain('can’t be read');
});
