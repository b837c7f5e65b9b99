import { openEvidence } from '../evidence/view.ts';
import { judgeFolder } from '../judge-folder.ts';
import { reingest } from '../reingest.ts';

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
const [ingestMs] = await timed(() => reingest(runFolder));
const [judgeMs, verdict] = await timed(() => judgeFolder(runFolder));
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
process.stdout.write(
  JSON.stringify({ ingestMs, judgeMs, joinMs, spans, delivered, isPass, peakBytes }),
);
