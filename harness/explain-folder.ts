import { openEvidence } from './evidence/view.ts';
import { explainTrace, type TraceStory } from './judge/explain.ts';
import { makeReadable } from './judge-folder.ts';
import { UserError } from './lib/errors.ts';
import { understand } from './prepare.ts';
import { loadSource } from './run-source.ts';

/**
 * Tells what the evidence of a stored run says of one trace, on each of its ways.
 * @throws UserError for an id that was not planned, with two that were
 */
export async function explainFolder(
  runFolder: string,
  traceId: string,
): Promise<readonly TraceStory[]> {
  const id = traceId.trim().toLowerCase();
  await makeReadable(runFolder);
  const { scenario, pipeline } = understand(loadSource(runFolder));
  const evidence = await openEvidence(runFolder);
  try {
    const told = await explainTrace(scenario, pipeline, evidence, id);
    if ('stories' in told) return told.stories;
    const seen = (await evidence.foreign()).some((item) => item.traceId === id);
    const known = told.examples.length > 0 ? told.examples.join(', ') : 'none: the plan is missing';
    throw new UserError(
      `trace "${traceId}" was not planned in this run${seen ? ', but it was seen in it' : ''}; for example ${known}`,
    );
  } finally {
    evidence.close();
  }
}
