import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeSynthetic } from './synthetic.ts';

/** What the ledger took for a large run, all of it delivered. */
export interface LedgerFigures {
  readonly spans: number;
  /** By all routes together. */
  readonly delivered: number;
  readonly isPass: boolean;
  /** From raw tap files to Parquet tables, once the records are closed. */
  readonly ingestMs: number;
  /** From the tables to the verdict. */
  readonly judgeMs: number;
  /** From raw tap files to Parquet tables where all are made anew, as for a stored run. */
  readonly againMs: number;
  /** The part of judging that joins planned with seen spans. */
  readonly joinMs: number;
  /** Largest resident memory of a process that did one of it. */
  readonly peakBytes: number;
}

/** What is measured by itself: a run up to its verdict, its tables made anew, the join alone. */
export type LedgerStage = 'run' | 'again' | 'join';

const child = join(import.meta.dirname, 'ledger-child.ts');

/**
 * Judges a made-up run of so many spans, each stage in a process of its own.
 * @param routes ways behind the gateway, each taken by all spans
 */
export async function measureLedger(
  spans: number,
  routes: number,
  folder: string,
): Promise<LedgerFigures> {
  await writeSynthetic(folder, spans, routes);
  try {
    const run = await runChild<Told<'ingestMs' | 'judgeMs' | 'delivered' | 'isPass'>>(
      'run',
      folder,
    );
    const again = await runChild<Told<'againMs'>>('again', folder);
    const joined = await runChild<Told<'joinMs' | 'spans'>>('join', folder);
    const peaks = [run, again, joined].map(({ peakBytes }) => peakBytes);
    return { ...run, ...again, ...joined, peakBytes: Math.max(...peaks) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Told<K extends keyof LedgerFigures> = Pick<LedgerFigures, K | 'peakBytes'>;

async function runChild<T>(stage: LedgerStage, folder: string): Promise<T> {
  // As the bench itself runs.
  const command = [...process.execArgv, child];
  const running = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  running.stdout.setEncoding('utf8').on('data', (piece: string) => {
    output += piece;
  });
  running.stdin.end([stage, folder].join('\n'));
  const code = await new Promise<number | null>((resolve, reject) => {
    running.once('error', reject);
    running.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the ledger's process (${stage}) ended with ${code}`);
  return JSON.parse(output) as T;
}
