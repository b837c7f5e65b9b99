import type { Evidence, WordLine } from '../../evidence/types.ts';
import { formatMs } from '../../lib/units.ts';
import { stableWords } from './words.ts';

/** What collectors said of data that they refused or failed at. */
export interface Spoken {
  /** By the processes of a tier, first said first. */
  readonly by: (tier: string) => readonly WordLine[];
  /** When the load began, epoch milliseconds. */
  readonly startMs: number;
}

export function spokenWords({
  words,
  lives,
  facts,
}: Pick<Evidence, 'words' | 'lives' | 'facts'>): Spoken {
  const tierOf = new Map(lives.map(({ pod, tier }) => [pod, tier]));
  const ofTier = Map.groupBy(
    words.toSorted((a, b) => a.fromMs - b.fromMs),
    ({ pod }) => tierOf.get(pod) ?? '',
  );
  return { by: (tier) => ofTier.get(tier) ?? [], startMs: facts.startMs };
}

/**
 * Who said so first, when and in which words; undefined where nobody did.
 * @param startMs when the load began
 * @param known what was told already, and is not told again
 */
export function tellWords(
  lines: readonly WordLine[],
  startMs: number,
  known = '',
): string | undefined {
  const [first] = lines;
  if (!first) return undefined;
  const { pod, words, about, error, fromMs } = first;
  const when = fromMs < startMs ? 'before the load' : `${formatMs(fromMs - startMs)} into the load`;
  if (words === 'is forbidden') return `${pod} said so ${when}: ${stableWords(error)}`;
  const what = [words, about, error]
    .filter((text) => text !== '' && !known.includes(text))
    .join(': ');
  return `${pod} said so ${when}: ${stableWords(what)}`;
}

/** An OTTL statement or condition of a component failed, and its `error_mode` let that pass. */
export const failedStatements = (lines: readonly WordLine[], component: string): WordLine[] =>
  lines.filter(
    (line) =>
      line.component === component &&
      /^failed to (execute statement|eval condition)/.test(line.words),
  );
