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
  /** Largest resident memory of the process that did it all. */
  readonly peakBytes: number;
}

const child = join(import.meta.dirname, 'ledger-child.ts');

/**
 * Judges a made-up run of so many spans in a process of its own.
 * @param routes ways behind the gateway, each taken by all spans
 */
export async function measureLedger(
  spans: number,
  routes: number,
  folder: string,
): Promise<LedgerFigures> {
  await writeSynthetic(folder, spans, routes);
  try {
    return JSON.parse(await runChild(folder)) as LedgerFigures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runChild(folder: string): Promise<string> {
  // As the bench itself runs.
  const command = [...process.execArgv, child];
  const running = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  running.stdout.setEncoding('utf8').on('data', (piece: string) => {
    output += piece;
  });
  running.stdin.end(folder);
  return new Promise((resolve, reject) => {
    running.once('error', reject);
    running.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`the ledger's process ended with ${code}`)),
    );
  });
}
