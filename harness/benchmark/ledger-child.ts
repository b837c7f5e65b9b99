import { beginIngest, finishIngest } from '../evidence/ingest.ts';
import { openEvidence } from '../evidence/view.ts';
import { judgeFolder } from '../judge-folder.ts';
import { reingest, storedRun } from '../reingest.ts';

/**
 * Runs in a process of its own, so that its peak memory can be told: `<run folder>` on its input.
 */
let input = '';
for await (const piece of process.stdin) input += piece;
const runFolder = input.trim();
const timed = async <T>(work: () => Promise<T>): Promise<[number, T]> => {
  const startedMs = performance.now();
  const result = await work();
  return [Math.round(performance.now() - startedMs), result];
};
const { raw, plan, ways, source } = storedRun(runFolder);
// As in run.ts: the plan is tabled while the load settles, the rest once the records are closed.
const begun = await beginIngest(runFolder, plan, raw.startMs, source);
const [ingestMs] = await timed(async () => {
  const ingest = await finishIngest(runFolder, plan, raw, source, ways, begun);
  await ingest.save();
});
const [judgeMs, verdict] = await timed(() => judgeFolder(runFolder));
const [againMs] = await timed(() => reingest(runFolder));
const evidence = await openEvidence(runFolder);
const [joinMs, spans] = await timed(async () => {
  let count = 0;
  for await (const trace of evidence.traces()) count += trace.spans.length;
  return count;
});
evidence.close();
const peakBytes = process.resourceUsage().maxRSS * 1024;
const { delivered } = verdict.accounting;
const isPass = verdict.verdict === 'pass';
const times = { ingestMs, judgeMs, againMs, joinMs };
process.stdout.write(JSON.stringify({ ...times, spans, delivered, isPass, peakBytes }));
