import { explainFolder } from '../explain-folder.ts';
import { renderExplanation } from '../report/explain.ts';
import { findRun } from '../runs.ts';
import type { Host } from './host.ts';

/** `bench explain <run> <trace id>`: each span's way, and the arithmetic of the decision. */
export async function explainCommand(
  reference: string,
  traceId: string,
  { reportsFolder, write }: Pick<Host, 'reportsFolder' | 'write'>,
): Promise<void> {
  const stories = await explainFolder(findRun(reference, reportsFolder), traceId);
  write(stories.map(renderExplanation).join('\n'));
}
