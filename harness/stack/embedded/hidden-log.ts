import type { ChildProcess } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import type { Hiding } from '../../tap/hide.ts';

/**
 * Writes what a child prints to an open file, digests in the place of what is to be hidden: by
 * `close` all of it is written and the file is shut. What it prints is written as it comes, so that
 * no more than a line is held here.
 */
export function keepHidden(child: ChildProcess, log: number, hiding: Hiding): void {
  for (const output of [child.stdout, child.stderr]) {
    const lines = hiding.lines();
    output?.on('data', (piece: Buffer) => writeAll(log, lines.next(piece)));
    output?.once('end', () => writeAll(log, lines.rest()));
    output?.on('error', () => undefined);
  }
  child.once('close', () => closeSync(log));
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
