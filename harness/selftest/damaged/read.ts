import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { RunRequest } from '../../prepare.ts';
import type { ReaderReport, Reading } from './reader.ts';

/** Of the processor, for one file. */
export const mostMs = 5_000;
/** By the clock: a machine that is busy with other things is no fault of the reader. */
const mostWaitMs = 30_000;

const entry = join(import.meta.dirname, 'reader.ts');

/** Reads requests in a process of its own, and takes another one where that hangs or dies. */
export interface ReadingProcess {
  read(request: RunRequest): Promise<Reading>;
  end(): void;
}

export function startReading(): ReadingProcess {
  let child: ChildProcess | undefined;
  const end = (): void => {
    child?.kill('SIGKILL');
    child = undefined;
  };
  const read = (request: RunRequest): Promise<Reading> => {
    child ??= fork(entry, { execArgv: ['--permission', '--allow-fs-read=*'] });
    const own = child;
    return new Promise((resolve) => {
      const done = (reading: Reading): void => {
        clearTimeout(timer);
        own.removeAllListeners();
        resolve(reading);
      };
      const broken = (error: string): void => {
        end();
        done({ outcome: 'broken', error });
      };
      const timer = setTimeout(() => broken(`no answer within ${mostWaitMs} ms`), mostWaitMs);
      own.once('exit', (code, signal) => broken(`the reading process ended: ${code ?? signal}`));
      own.once('message', ({ reading, tookMs }: ReaderReport) => {
        if (tookMs <= mostMs) done(reading);
        else done({ outcome: 'broken', error: `took ${Math.round(tookMs)} ms of the processor` });
      });
      own.send(request);
    });
  };
  return { read, end };
}
