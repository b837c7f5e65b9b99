import { beginIngest, finishIngest } from '../evidence/ingest.ts';
import { openEvidence } from '../evidence/view.ts';
import { judgeFolder } from '../judge-folder.ts';
import { reingest, storedRun } from '../reingest.ts';
import type { LedgerStage } from './ledger.ts';

const timed = async <T>(work: () => Promise<T>): Promise<[number, T]> => {
  const startedMs = performance.now();
  const result = await work();
  return [Math.round(performance.now() - startedMs), result];
};

const stages: Record<LedgerStage, (runFolder: string) => Promise<object>> = {
  // As in run.ts: the plan is tabled while the load settles, the rest once the records are closed,
  // and the plan is held until the verdict.
  run: async (runFolder) => {
    const { raw, plan, ways, source } = storedRun(runFolder);
    const begun = await beginIngest(runFolder, plan, raw.startMs, source);
    await begun.planned;
    const [ingestMs] = await timed(async () => {
      const ingest = await finishIngest(runFolder, plan, raw, source, ways, begun);
      await ingest.save();
    });
    const [judgeMs, verdict] = await timed(() => judgeFolder(runFolder));
    const { delivered } = verdict.accounting;
    return { ingestMs, judgeMs, delivered, isPass: verdict.verdict === 'pass' };
  },
  again: async (runFolder) => ({ againMs: (await timed(() => reingest(runFolder)))[0] }),
  join: async (runFolder) => {
    const evidence = await openEvidence(runFolder);
    const [joinMs, spans] = await timed(async () => {
      let count = 0;
      for await (const trace of evidence.traces()) count += trace.spans.length;
      return count;
    });
    evidence.close();
    return { joinMs, spans };
  },
};

/**
 * One stage in a process of its own, so that its peak memory can be told: the stage and the run
 * folder are lines of its input.
 */
let input = '';
for await (const piece of process.stdin) input += piece;
const [stage, runFolder] = input.split('\n') as [LedgerStage, string];
const told = await stages[stage](runFolder);
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ ...told, peakBytes }));
