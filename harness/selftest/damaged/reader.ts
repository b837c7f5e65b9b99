import { UserError } from '../../lib/errors.ts';
import { buildPlan } from '../../plan/build.ts';
import { comprehend, type RunRequest, readSource } from '../../prepare.ts';
import { tracesOfPhases } from '../../scenario/meaning.ts';
import type { Scenario } from '../../scenario/types.ts';

/**
 * The process that reads damaged files one after another: as a run does, up to its plan. It may
 * start no process and write no file: Node's permissions refuse that, which then shows as `broken`.
 */

/** What became of one request. */
export type Reading =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'refused'; readonly mistakes: readonly string[] }
  | { readonly outcome: 'broken'; readonly error: string };

export interface ReaderReport {
  readonly reading: Reading;
  /** Of the processor: other processes of the machine do not count. */
  readonly tookMs: number;
}

/** Larger plans are right, but not worth their time here. */
const mostSpans = 200_000;

const spansOf = ({ load, phases }: Scenario): number =>
  load
    .flatMap((one) => tracesOfPhases(one, phases).map((traces) => traces * one.tree.length))
    .reduce((sum, spans) => sum + spans, 0);

function read(request: RunRequest): Reading {
  try {
    const { scenario, context } = comprehend(readSource(request));
    if (spansOf(scenario) <= mostSpans) buildPlan(scenario, context, request.seed);
    return { outcome: 'accepted' };
  } catch (error) {
    if (error instanceof UserError) return { outcome: 'refused', mistakes: error.mistakes };
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { outcome: 'broken', error: text };
  }
}

process.on('message', (request: RunRequest) => {
  const before = process.cpuUsage();
  const reading = read(request);
  const { user, system } = process.cpuUsage(before);
  const report: ReaderReport = { reading, tookMs: (user + system) / 1_000 };
  process.send?.(report);
});
// Whoever started this process is gone.
process.on('disconnect', () => process.exit(0));
