import { clickedOfEach } from './evidence/clicks/index.ts';
import type { ClickSample } from './evidence/clicks/sample.ts';
import type { Ingest } from './evidence/ingest.ts';
import { exemplarsOf } from './evidence/ingest-planned.ts';
import type { PreparedRun } from './prepare.ts';

/** What is clicked at; undefined where no link is asked for: they cost hundreds of requests. */
export async function clickSampleOf(
  { scenario, plan }: PreparedRun,
  ingest: Ingest,
): Promise<ClickSample | undefined> {
  if (!scenario.expect.some(({ check }) => check === 'correlated')) return undefined;
  return { ...(await ingest.deliveredLogs(clickedOfEach)), exemplars: exemplarsOf(plan) };
}
