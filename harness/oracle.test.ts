import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRaw, saveRaw } from './evidence/raw.ts';
import type { Verdict } from './judge/types.ts';
import { judgeFolder } from './judge-folder.ts';
import {
  carriers,
  editItem,
  type Identity,
  isAnswer,
  itemsOf,
  readRecords,
  swapIds,
  writeRecords,
} from './oracle.testing.ts';
import { type Random, random } from './plan/random.ts';
import { reingest } from './reingest.ts';
import type { TapRecord } from './tap/format.ts';

/**
 * The oracle survives its own mutation test: seeded edits of recorded evidence. Each must be named
 * by identity, missing evidence gives unknown, and none passes.
 */
const runs = join(import.meta.dirname, '..', 'fixtures', 'runs');
const editsOfEach = 21;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oracle-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function judgeEdited(
  name: string,
  label: string,
  edit: (run: string) => void,
): Promise<Verdict> {
  const run = join(folder, label);
  cpSync(join(runs, name), run, { recursive: true });
  edit(run);
  await reingest(run);
  const verdict = await judgeFolder(run);
  rmSync(run, { recursive: true, force: true });
  const silent = verdict.checks.filter((c) => c.verdict === 'unknown' && c.findings.length === 0);
  expect(silent, 'an unknown without a reason').toEqual([]);
  return verdict;
}

const tapFiles = (run: string): string[] =>
  readdirSync(join(run, 'evidence', 'taps'))
    .sort()
    .map((file) => join(run, 'evidence', 'taps', file));

/** Records of a tap that carries items, drawn by lot. */
function drawTap(run: string, stream: Random): { file: string; records: TapRecord[] } {
  const files = tapFiles(run).filter((file) => carriers(readRecords(file)).length > 0);
  const file = files[stream.below(files.length)] ?? '';
  return { file, records: readRecords(file) };
}

const names = (verdict: Verdict, { traceId, spanId }: Identity): boolean =>
  verdict.checks.some((check) =>
    check.findings.some((finding) =>
      finding.examples.some(
        (e) => e.traceId === traceId && (e.spanId === undefined || e.spanId === spanId),
      ),
    ),
  );

function expectNamed(verdict: Verdict, identity: Identity): void {
  expect(verdict.verdict).not.toBe('pass');
  expect(
    names(verdict, identity),
    JSON.stringify(verdict.checks.filter((c) => c.verdict !== 'pass')),
  ).toBe(true);
}

/** Replaces one record of a tap's file by others. */
function replace(
  file: string,
  records: readonly TapRecord[],
  old: TapRecord,
  by: readonly TapRecord[],
): void {
  writeRecords(
    file,
    records.flatMap((record) => (record === old ? by : [record])),
  );
}

const seeds = Array.from({ length: editsOfEach }, (_, i) => i);

describe('recorded runs judged again', () => {
  it.each([
    ['small-steady', 'pass'],
    ['small-kill', 'pass'],
  ])('%s is a %s', async (name, expected) => {
    const verdict = await judgeEdited(name, name, () => undefined);
    expect(
      verdict.verdict,
      JSON.stringify(verdict.checks.filter((c) => c.verdict !== 'pass')),
    ).toBe(expected);
    const { accounting: a } = verdict;
    expect(a.planned).toBe(600);
    expect(a.unexplained + a.duplicated + a.altered).toBe(0);
  });
});

describe.each(['drop', 'double', 'alter'] as const)('one item: %s', (how) => {
  it.each(seeds)('seed %i is named', async (seed) => {
    const stream = random(seed, how);
    let identity: Identity | undefined;
    const verdict = await judgeEdited('small-steady', `${how}-${seed}`, (run) => {
      const { file, records } = drawTap(run, stream);
      const requests = carriers(records);
      const request = requests[stream.below(requests.length)]!;
      const edited = editItem(request, stream.below(itemsOf(request).length), how);
      identity = edited.identity;
      replace(file, records, request, [edited.record]);
    });
    expectNamed(verdict, identity!);
  });
});

describe.each(['traceId', 'spanId'] as const)('ids swapped: %s', (what) => {
  it.each(seeds)('seed %i is named', async (seed) => {
    const stream = random(seed, what);
    let identity: Identity | undefined;
    const verdict = await judgeEdited('small-steady', `${what}-${seed}`, (run) => {
      while (!identity) {
        const { file, records } = drawTap(run, stream);
        const requests = carriers(records).filter((r) => itemsOf(r).length > 1);
        const request = requests[stream.below(requests.length)];
        const swapped = request && swapIds(request, what, stream);
        if (!swapped) continue;
        identity = swapped.identity;
        replace(file, records, request, [swapped.record]);
      }
    });
    expectNamed(verdict, identity!);
  });
});

describe('whole records', () => {
  it.each(seeds)('a request dropped with its answer: seed %i is named', async (seed) => {
    const stream = random(seed, 'request');
    let lost: Identity[] = [];
    const verdict = await judgeEdited('small-steady', `request-${seed}`, (run) => {
      const { file, records } = drawTap(run, stream);
      const requests = carriers(records);
      const request = requests[stream.below(requests.length)]!;
      lost = itemsOf(request);
      writeRecords(
        file,
        records.filter((r) => r !== request && !(isAnswer(r) && r.request === request.request)),
      );
    });
    expect(verdict.verdict).not.toBe('pass');
    expect(lost.some((identity) => names(verdict, identity))).toBe(true);
  });

  it.each(seeds)('a request recorded twice: seed %i is named', async (seed) => {
    const stream = random(seed, 'twice');
    let doubled: Identity[] = [];
    const verdict = await judgeEdited('small-steady', `twice-${seed}`, (run) => {
      const { file, records } = drawTap(run, stream);
      const requests = carriers(records);
      const request = requests[stream.below(requests.length)]!;
      const answer = records.find((r) => isAnswer(r) && r.request === request.request) as TapRecord;
      doubled = itemsOf(request);
      const number = 1 + Math.max(...records.map((r) => (r.type === 'request' ? r.request : 0)));
      const again = [{ ...request, request: number }, { ...answer, request: number } as TapRecord];
      replace(file, records, answer, [answer, ...again]);
    });
    expect(verdict.verdict).toBe('fail');
    expect(doubled.some((identity) => names(verdict, identity))).toBe(true);
  });

  it.each(seeds)('an answer removed: seed %i leads to unknown and is named', async (seed) => {
    const stream = random(seed, 'answer');
    let request = 0;
    const verdict = await judgeEdited('small-steady', `answer-${seed}`, (run) => {
      const files = tapFiles(run);
      const file = files[stream.below(files.length)] ?? '';
      const records = readRecords(file);
      const answers = records.filter(isAnswer);
      const answer = answers[stream.below(answers.length)]!;
      request = answer.request;
      replace(file, records, answer, []);
    });
    expect(verdict.verdict).toBe('unknown');
    const findings = verdict.checks.flatMap((check) => check.findings);
    expect(
      findings.some(
        (f) => f.kind === 'evidence-missing' && f.cause.includes(`request ${request} `),
      ),
    ).toBe(true);
  });
});

describe('missing evidence gives unknown', () => {
  it.each([0, 1, 2, 3, 4])('tap file %i removed', async (nth) => {
    let name = '';
    const verdict = await judgeEdited('small-steady', `file-${nth}`, (run) => {
      const file = tapFiles(run)[nth] ?? '';
      name = file.split('/').at(-1)?.replace('.tap', '') ?? '';
      rmSync(file);
    });
    expect(verdict.verdict).toBe('unknown');
    const findings = verdict.checks.flatMap((check) => check.findings);
    expect(findings.some((f) => f.kind === 'evidence-missing' && f.component === name)).toBe(true);
  });

  it.each([0, 1, 2, 3, 4])('tap file %i cut off', async (nth) => {
    const verdict = await judgeEdited('small-steady', `cut-${nth}`, (run) => {
      const file = tapFiles(run)[nth] ?? '';
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * 0.7)));
    });
    expect(verdict.verdict).toBe('unknown');
  });

  it.each([
    ['small-kill', 'gateway/1'],
    ['small-queue', 'agent/0'],
  ])('a receipt removed: %s', async (name, target) => {
    const verdict = await judgeEdited(name, `receipt-${name}`, (run) => {
      const raw = loadRaw(run);
      if (raw) saveRaw(run, { ...raw, receipts: raw.receipts.filter((r) => r.kind !== 'kill') });
    });
    expect(verdict.verdict).toBe('unknown');
    const faults = verdict.checks.find((check) => check.name === 'faults');
    expect(faults?.findings[0]).toMatchObject({ kind: 'evidence-missing', component: target });
  });

  it('a receipt that proves nothing', async () => {
    const verdict = await judgeEdited('small-kill', 'proof', (run) => {
      const raw = loadRaw(run);
      if (raw) saveRaw(run, { ...raw, receipts: raw.receipts.map((r) => ({ ...r, bit: false })) });
    });
    expect(verdict.verdict).toBe('unknown');
    expect(verdict.checks.flatMap((c) => c.findings).map((f) => f.kind)).toContain(
      'fault-did-not-bite',
    );
  });

  it.each(seeds)('an outcome of the load removed: seed %i', async (seed) => {
    const stream = random(seed, 'outcome');
    const verdict = await judgeEdited('small-steady', `outcome-${seed}`, (run) => {
      const file = join(run, 'evidence', 'outcomes.log');
      const lines = readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('block'));
      lines.splice(stream.below(lines.length), 1);
      writeFileSync(file, lines.join('\n'));
    });
    expect(verdict.verdict).toBe('unknown');
  });

  it('what the backends answered removed', async () => {
    const verdict = await judgeEdited('small-steady', 'answers', (run) =>
      rmSync(join(run, 'evidence', 'answers.json')),
    );
    expect(verdict.verdict).toBe('unknown');
  });
});
