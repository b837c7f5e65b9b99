import { readDamaged } from '../selftest/damaged/damaged.ts';
import { Interrupted } from '../shell/budget.ts';

export interface DamagedOptions {
  /** How many files are damaged, each kind of damage in turn. */
  readonly files: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/**
 * Reads damaged scenarios, manifests and bench files; 0 where each was planned, or refused with its
 * place.
 * @throws Interrupted behind the file at which it was asked to stop
 */
export async function selftestDamagedCommand(
  { files, seed, signal }: DamagedOptions,
  write: (text: string) => void,
): Promise<number> {
  const counts = new Map<string, Record<'accepted' | 'refused' | 'broken', number>>();
  await readDamaged(files, seed, ({ damage, outcome, complaint }) => {
    const own = counts.get(damage) ?? { accepted: 0, refused: 0, broken: 0 };
    own[outcome]++;
    counts.set(damage, own);
    if (complaint !== undefined) write(`  ${complaint}\n`);
    if (signal.aborted) throw new Interrupted('interrupted between files');
  });
  for (const [damage, { accepted, refused, broken }] of counts) {
    const trouble = broken === 0 ? '' : `, BROKEN ${broken}`;
    write(`${damage.padEnd(16)} planned ${accepted}, refused with a place ${refused}${trouble}\n`);
  }
  const broken = [...counts.values()].reduce((sum, own) => sum + own.broken, 0);
  write(`${broken === 0 ? 'ok' : `FAILED ${broken}`}: ${files} damaged files, seed ${seed}\n`);
  return broken === 0 ? 0 : 1;
}
