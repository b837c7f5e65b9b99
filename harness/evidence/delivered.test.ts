import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { literal, openDatabase } from './database.ts';
import { compareDelivered } from './delivered.ts';
import { saveJson } from './store.ts';

let folder: string;
const places = (): [string, string] => [join(folder, 'left'), join(folder, 'right')];

interface Row {
  readonly span: string;
  readonly recorder: number;
  readonly outcome: 'ok' | 'error';
  /** Items that a partial success says were not taken. */
  readonly rejected?: number;
  readonly signal?: 'traces' | 'logs';
}

/** A run's tables, as far as deliveries are read from them; recorder 1 is in front of a backend. */
async function writeRun(place: string, rows: readonly Row[]): Promise<void> {
  const recorder = {
    complete: true,
    defect: undefined,
    requests: 0,
    unanswered: [],
    unheard: [],
    pod: 'p',
  };
  saveJson(place, 'recorders', [
    { ...recorder, number: 0, name: 'gateway', hop: { tier: 'gateway' } },
    { ...recorder, number: 1, name: 'tempo', hop: { backend: 'tempo:4317' } },
  ]);
  const database = await openDatabase(join(place, 'spill'));
  const seen = rows.map(
    ({ span, recorder: at, signal = 'traces' }, i) => `('t', '${span}', '${signal}', ${at}, ${i})`,
  );
  const requests = rows.map(
    ({ recorder: at, outcome, signal = 'traces', rejected = 0 }, i) =>
      `(${at}, ${i}, '${outcome}', '${signal}', ${rejected})`,
  );
  const save = (name: string, columns: string, values: readonly string[]): Promise<void> =>
    database.run(
      `COPY (FROM (VALUES ${values.join(', ')}) v(${columns})) TO ${literal(join(place, 'evidence', `${name}.parquet`))}`,
    );
  await save('seen', 'trace_id, span_id, signal, recorder, request', seen);
  await save('requests', 'recorder, request, outcome, signal, rejected', requests);
  database.close();
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'delivered-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what two runs delivered', () => {
  it('is compared by identity: accepted by a backend, however often', async () => {
    const [left, right] = places();
    await writeRun(left, [
      { span: 'both', recorder: 1, outcome: 'ok' },
      { span: 'both', recorder: 1, outcome: 'ok' },
      { span: 'refused-right', recorder: 1, outcome: 'ok' },
      { span: 'log', recorder: 1, outcome: 'ok', signal: 'logs' },
    ]);
    await writeRun(right, [
      { span: 'both', recorder: 1, outcome: 'ok' },
      { span: 'refused-right', recorder: 1, outcome: 'error' },
      { span: 'rejected', recorder: 1, outcome: 'ok', rejected: 1 },
      { span: 'gateway-only', recorder: 0, outcome: 'ok' },
      { span: 'log', recorder: 1, outcome: 'ok', signal: 'logs' },
      { span: 'log', recorder: 1, outcome: 'ok' },
    ]);
    expect(await compareDelivered(left, right)).toEqual({
      both: { traces: 1, logs: 1 },
      onlyLeft: [{ signal: 'traces', traceId: 't', spanId: 'refused-right' }],
      onlyRight: [{ signal: 'traces', traceId: 't', spanId: 'log' }],
    });
  });
});
