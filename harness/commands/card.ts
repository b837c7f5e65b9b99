import { fullCells, mergeResults } from '../card.ts';
import { cardResultOf, readCard, saveCard } from '../card-files.ts';
import { mapAtOnce } from '../lib/errors.ts';
import { findRun } from '../runs.ts';
import type { Host } from './host.ts';

/**
 * `bench card [runs]`: takes what runs of the card's scenarios came to into `scenarios/card.json`
 * and writes the table of `README.md` anew.
 * @throws UserError for runs that prove no cell
 */
export function cardCommand(
  references: readonly string[],
  { reportsFolder, write }: Pick<Host, 'reportsFolder' | 'write'>,
): void {
  const known = readCard();
  const runs = mapAtOnce(references, (reference) =>
    cardResultOf(findRun(reference, reportsFolder), known),
  );
  const card = { ...known, results: mergeResults(known.results, runs) };
  saveCard(card);
  const counts = [fullCells(card, 'embedded').length, fullCells(card, 'kind').length];
  write(`full cells: ${counts[0]} on embedded, ${counts[1]} on kind\n`);
}
