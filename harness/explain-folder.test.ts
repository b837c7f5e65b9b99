import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEvidence } from './evidence/view.ts';
import { explainFolder } from './explain-folder.ts';
import type { TraceStory } from './judge/explain.ts';
import type { TraceAccount } from './judge/ledger/account.ts';
import { prepare } from './judge/ledger/context.ts';
import { createFactReader } from './judge/ledger/reader.ts';
import { accountTrace } from './judge/ledger/trace.ts';
import { makeReadable } from './judge-folder.ts';
import { UserError } from './lib/errors.ts';
import { understand } from './prepare.ts';
import { renderExplanation } from './report/explain.ts';
import { loadSource } from './run-source.ts';

/** A recorded run of two gateways, one of which was killed. */
const recorded = join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-kill');
let run: string;
let accounts: TraceAccount[];

beforeAll(async () => {
  run = mkdtempSync(join(tmpdir(), 'explain-'));
  cpSync(recorded, run, { recursive: true });
  await makeReadable(run);
  const { scenario, pipeline } = understand(loadSource(run));
  const evidence = await openEvidence(run);
  const context = await prepare(scenario, pipeline, evidence);
  const facts = createFactReader(context);
  accounts = [];
  for await (const trace of evidence.traces()) accounts.push(accountTrace(context, facts, trace));
  evidence.close();
});
afterAll(() => rmSync(run, { recursive: true, force: true }));

async function explain(which: (account: TraceAccount) => boolean) {
  const account = accounts.find(which);
  if (!account) throw new Error('the recorded run has no such trace');
  const [story] = (await explainFolder(run, account.trace.traceId)) as [TraceStory];
  return { account, story, text: renderExplanation(story) };
}

describe('one trace of a recorded run', () => {
  it('that was kept: each span to the backend, and what kept it', async () => {
    const { story, text } = await explain(({ kept, trace }) => kept && trace.className === 'error');
    expect(text).toContain('whole at the backend\n  5 x delivered');
    expect(text).toMatch(/keep-errors +sampled +status_code: asks for ERROR; found .*1 x ERROR/);
    expect(text).toContain('=> sampled (by keep-errors; 5 spans)');
    expect(text).toContain('the policies say of them what they say of the whole trace: sampled');
    expect(story.spans).toHaveLength(5);
    for (const { hops, block } of story.spans) {
      expect(hops.map(({ hop, kind }) => `${hop} ${kind}`)).toEqual([
        'load→agent ok',
        'agent→gateway ok',
        'gateway→tempo ok',
      ]);
      const moments = [block.dueMs, ...hops.map(({ atMs }) => atMs)];
      expect(moments).toEqual([...moments].sort((a, b) => a - b));
    }
  });

  it('that was not sampled: the hash beside its threshold', async () => {
    const { account, story, text } = await explain(
      ({ difference, trace }) =>
        difference?.cause === 'not-sampled' && trace.className === 'normal',
    );
    expect(text).toContain('not whole at the backend: not-sampled');
    expect(text).toMatch(
      /sample-normal +not-sampled +probabilistic: .* > 0x3{12}[0-9a-f]{4} \(20 %\)/,
    );
    expect(text).toMatch(/keep-slow +not-sampled +latency: \d+ ms .* < 2000 ms/);
    expect(text).toContain('=> not sampled: no policy kept it');
    const [stay] = story.stays;
    expect(stay?.decidedFromMs).toBeGreaterThan((stay?.enteredMs ?? 0) + 2_900);
    expect(stay?.held).toBe(account.trace.spans.length);
  });

  it('that a kill took: who held it and when that ended', async () => {
    const { account, text, story } = await explain(
      ({ difference }) => difference?.cause === 'held-by-killed',
    );
    expect(text).toContain('not whole at the backend: held-by-killed');
    expect(text).toMatch(/the process ended at \+\d+\.\d{3} s \(killed\)/);
    expect(text).toMatch(/it was killed with \d spans? in its memory: nothing was decided/);
    expect(text).toContain('=> lost at gateway: held-by-killed');
    const held = story.stays.find(({ fate }) => fate === 'held');
    expect(held?.held).toBe(account.stays.find(({ fate }) => fate === 'held')?.held.size);
    expect(held?.endedMs).toBeLessThan((held?.enteredMs ?? 0) + 4_000);
  });

  it('with its log records, which are not sampled', async () => {
    const ids = accounts.map(({ trace }) => trace.traceId);
    for (const id of ids.slice(0, 5)) {
      const [{ logs }] = (await explainFolder(run, id.toUpperCase())) as [TraceStory];
      for (const { bucket, hops } of logs) {
        expect(bucket.kind).toBe('delivered');
        expect(hops.at(-1)?.hop).toBe('gateway→loki');
      }
      if (logs.length > 0) return;
    }
    throw new Error('none of five traces has a log record');
  });

  it('that nobody planned: two that were', async () => {
    const known = accounts.slice(0, 2).map(({ trace }) => trace.traceId);
    const explained = explainFolder(run, 'ab'.repeat(16));
    await expect(explained).rejects.toThrow(UserError);
    await expect(explained).rejects.toThrow(
      `was not planned in this run; for example ${known.join(', ')}`,
    );
  });
});
