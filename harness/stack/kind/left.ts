import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../lib/errors.ts';
import type { Component } from '../../pipeline/types.ts';
import { until } from '../../shell/until.ts';
import type { Hiding } from '../../tap/hide.ts';
import { keepQueues, type LeftQueue, storageFolders } from '../embedded/left-files.ts';
import type { LeftFiles, PodLife } from '../types.ts';
import type { MomentKeeper } from './moments.ts';
import { mountsOf, onNode } from './mounts.ts';
import type { NodePrograms, NodeStream } from './node-exec.ts';

/**
 * Copies persistent queues as each container leaves them. A program on its node waits for the end
 * of its process, so that whoever ends it, the copy is there long before the next one starts: the
 * kubelet looks once a second.
 */
export interface LeftKeeper {
  /** A life begins. */
  follow(life: PodLife, containerId: string | undefined): void;
  /** Undefined where it keeps no queue on a disk. */
  of(life: PodLife, lives: readonly PodLife[]): LeftFiles | undefined;
  /** Resolves when what an ended container left is copied, or can't be, within a bound. */
  settled(life: PodLife): Promise<void>;
  /** The same for all, when every container has ended. */
  whole(): Promise<void>;
  end(): void;
}

export interface LeftParts {
  readonly programs: Pick<NodePrograms, 'run' | 'follow'>;
  readonly moments: Pick<MomentKeeper, 'of'>;
  readonly componentsOf: (tier: string) => readonly Component[];
  /** What no copy may hold. */
  readonly hiding: Hiding;
  readonly runFolder: string;
}

/** What became of one life's queues. */
interface Copy {
  readonly left: LeftFiles;
  /** When it was whole; undefined where it is not. */
  readonly wholeMs?: number;
  readonly done: Promise<void>;
}

const script = readFileSync(join(import.meta.dirname, 'left-files.sh'), 'utf8');
const knownWithinMs = 5_000;
const copiedWithinMs = 10_000;
const lookEveryMs = 20;

export function keepLeft(parts: LeftParts): LeftKeeper {
  const copies = new Map<string, Copy>();
  const streams = new Set<NodeStream>();
  const state = { over: false };
  const copy = async (life: PodLife, containerId: string, folders: string[]): Promise<void> => {
    const { programs, moments, hiding, runFolder } = parts;
    const mounts = await mountsOf(programs, life.node, containerId);
    const places = folders.map((folder) => {
      const place = onNode(folder, mounts);
      if (place === undefined) throw new Error(`${folder} is on no volume: it went with it`);
      return place;
    });
    const process = await until(
      knownWithinMs,
      lookEveryMs,
      () => moments.of(containerId)?.processId,
    );
    if (process === undefined) throw new Error('its process is not known');
    const command = ['sh', '-c', script, 'left-files.sh', String(process), ...places];
    const stream = await programs.follow(life.node, command);
    streams.add(stream);
    if (state.over) stream.end();
    const told = await buffer(stream.output).finally(() => streams.delete(stream));
    const called = join('evidence', 'queues', `${life.pod}.${life.life}`);
    const to = { folder: join(runFolder, called), called };
    const whole: { atMs?: number } = {};
    const left = keepQueues(readLeft(told, folders, whole), hiding, to);
    note(life, { left, ...(whole.atMs === undefined ? {} : { wholeMs: whole.atMs }) });
  };
  const note = (life: PodLife, change: Partial<Copy>): void => {
    const known = copies.get(keyOf(life));
    if (known) copies.set(keyOf(life), { ...known, ...change });
  };
  const bounded = async (work: readonly Promise<void>[]): Promise<void> => {
    const late = new AbortController();
    const limit = sleep(copiedWithinMs, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([Promise.all(work), limit]);
    late.abort();
  };
  return {
    follow: (life, containerId) => {
      const folders = storageFolders(parts.componentsOf(life.tier));
      if (folders.length === 0) return;
      const lacking = (why: string): LeftFiles => ({ files: [], lacking: why });
      const started = Promise.withResolvers<void>();
      copies.set(keyOf(life), { left: lacking('it is not copied'), done: started.promise });
      const work =
        containerId === undefined
          ? Promise.reject(new Error('its container is not known'))
          : copy(life, containerId, folders);
      work
        .catch((error: unknown) => note(life, { left: lacking(messageOf(error)) }))
        .finally(started.resolve);
    },
    of: (life, lives) => {
      const known = copies.get(keyOf(life));
      return known && beforeNext(known, life, lives);
    },
    settled: (life) => bounded([copies.get(keyOf(life))?.done ?? Promise.resolve()]),
    whole: () => bounded([...copies.values()].map(({ done }) => done)),
    end: () => {
      state.over = true;
      for (const stream of streams) stream.end();
    },
  };
}

const keyOf = ({ pod, uid, life }: PodLife): string => `${pod}/${uid}/${life}`;

/** What a node told, as `left-files.sh` says it. @throws Error where it is not whole */
function* readLeft(
  told: Buffer,
  folders: readonly string[],
  whole: { atMs?: number },
): Generator<LeftQueue> {
  for (let at = 0; at < told.length; ) {
    const lineEnd = told.indexOf('\n', at);
    const line = told.toString('utf8', at, lineEnd < 0 ? told.length : lineEnd);
    const [what, ...rest] = line.split(' ');
    if (what === 'lacking') throw new Error(rest.join(' '));
    if (what === 'end') {
      whole.atMs = Number(rest[0]) / 1e6;
      return;
    }
    const [number, bytes, name = ''] = [Number(rest[0]), Number(rest[1]), rest[2]];
    const from = lineEnd + 1;
    at = from + bytes;
    if (what !== 'file' || lineEnd < 0 || !(at <= told.length)) break;
    yield { folder: folders[number] ?? '', number, name, content: told.subarray(from, at) };
  }
  throw new Error('its node did not tell all of it');
}

/** A copy that was whole only when the next container ran may hold what that one did. */
function beforeNext({ left, wholeMs }: Copy, life: PodLife, lives: readonly PodLife[]): LeftFiles {
  const next = lives.find((own) => own.pod === life.pod && own.life === life.life + 1);
  if (wholeMs === undefined || !next || wholeMs < next.startedMs) return left;
  return { files: left.files, lacking: 'its next container had started before it was copied' };
}
