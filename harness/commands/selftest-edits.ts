import { editKinds } from '../oracle/mutate.ts';
import { type Bench, createBench, type Fate, fates, isDefect, pairs } from '../oracle/try-edits.ts';
import { Interrupted } from '../shell/budget.ts';

/**
 * Edits recorded runs so many times, seals each anew and judges it; 0 when none was a crash, a
 * wrong pass, or blamed the pipeline for evidence that is gone.
 * @throws Interrupted behind the edit at which it was asked to stop
 */
export async function selftestEditsCommand(
  { edits, seed, signal }: { edits: number; seed: number; signal: AbortSignal },
  write: (text: string) => void,
): Promise<number> {
  using held = new DisposableStack();
  const benches: Bench[] = [];
  for (const pair of Object.values(pairs)) benches.push(held.use(await createBench(pair)));
  const counts = new Map<string, number>();
  const count = (kind: string, fate: Fate): void => {
    counts.set(`${kind}/${fate}`, (counts.get(`${kind}/${fate}`) ?? 0) + 1);
  };
  let failed = 0;
  for (let i = seed; i < seed + edits; i++) {
    if (signal.aborted) throw new Interrupted('interrupted between edits');
    const bench = benches[i % benches.length] as Bench;
    const { edit, fate, why, run } = await bench.try(i);
    count(edit.kind, fate);
    if (!isDefect(fate)) continue;
    failed++;
    const place = edit.path ? ` at ${edit.path.join('.')}` : '';
    write(`  ${fate}: seed ${i}, ${edit.kind} of ${run}/${edit.file}${place}: ${why}\n`);
  }
  write(`${['', ...fates].map((word) => word.padStart(10)).join('')}\n`);
  for (const kind of editKinds) {
    const row = fates.map((fate) => String(counts.get(`${kind}/${fate}`) ?? 0).padStart(10));
    write(`${kind.padStart(10)}${row.join('')}\n`);
  }
  write(`${failed === 0 ? 'ok' : `FAILED ${failed}`}: ${edits} edits\n`);
  return failed === 0 ? 0 : 1;
}
