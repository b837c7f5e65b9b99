import { relative } from 'node:path';
import { mapPool } from '../lib/pool.ts';
import type { RunRequest } from '../prepare.ts';
import { confirmed } from './confirm.ts';
import { type Done, summaryText } from './done.ts';
import type { Host } from './host.ts';
import { type Ended, writeSummary } from './summary.ts';

export interface RunAllOptions {
  /** How many run side by side. */
  readonly jobs: number;
  /** Run once more what did not pass. */
  readonly confirm: boolean;
}

/**
 * Does each run that was asked for, so many at a time; of several it writes one page over all. None
 * begins once the user wants to end.
 * @returns those that ended, in that order
 */
export async function runAll(
  requests: readonly RunRequest[],
  { jobs, confirm }: RunAllOptions,
  run: (request: RunRequest) => Promise<Done>,
  host: Pick<Host, 'reportsFolder' | 'interactive' | 'signal' | 'write'>,
): Promise<Ended[]> {
  const ended: Ended[] = [];
  const startMs = Date.now();
  await mapPool(requests, jobs, async (request) => {
    if (host.signal.aborted) return;
    const ownMs = performance.now();
    const first = await run(request);
    const isFirst = !confirm || host.signal.aborted;
    const done = isFirst ? first : await confirmed(first, () => run(request));
    ended.push({ ...done, tookMs: performance.now() - ownMs });
  });
  const [request] = requests;
  if (request && ended.length > 0 && (requests.length > 1 || confirm)) {
    const { reportsFolder, interactive } = host;
    const tookMs = Date.now() - startMs;
    const page = writeSummary({ ended, reportsFolder, startMs, tookMs, seed: request.seed });
    const shown = relative(process.cwd(), page);
    host.write(`${summaryText(ended, interactive)}all on one page: ${shown}\n`);
  }
  return ended;
}
