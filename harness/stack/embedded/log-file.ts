import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A kubelet's `containerLogMonitorInterval`, unless it is set. */
const lookEveryMs = 10_000;

/** One container's log on its node. */
export interface LogFile {
  /**
   * Appends whole lines; they are on disk when it returns. A file that grew to the limit is moved
   * away first, where a kubelet would have looked again since the last time.
   */
  append(lines: Buffer, nowMs: number): void;
}

/**
 * Makes a log's folder. It is held open, and its files are met through it: a pod to which the
 * node's tree is open can put something else in its place, and would lead the bench out of it.
 *
 * @param root stands for the node's `/`; nothing has run in it yet
 * @param rotateBytes a file that is as large is rotated; a kubelet's limit is 10 MiB
 *   (`containerLogMaxSize`)
 */
export function createLogFile(root: string, file: string, rotateBytes: number): LogFile {
  const folder = join(root, dirname(file));
  mkdirSync(folder, { recursive: true });
  const held = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  const path = `/proc/self/fd/${held}/${basename(file)}`;
  let handle: number | undefined;
  let lookedMs: number | undefined;
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  const open = (): number => openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o640);
  return {
    append: (lines, nowMs) => {
      handle ??= open();
      lookedMs ??= nowMs;
      const looks = nowMs - lookedMs >= lookEveryMs;
      if (looks) lookedMs = nowMs;
      if (looks && fstatSync(handle).size >= rotateBytes) {
        closeSync(handle);
        renameSync(path, `${path}.${rotatedAt(nowMs)}`);
        handle = open();
      }
      // In one piece: who tails it meets whole lines.
      if (writeSync(handle, lines) !== lines.length) throw new Error(`${file} is cut off`);
      fdatasyncSync(handle);
    },
  };
}

/** `20060102-150405`, as rotated files end (kubelet, logs/container_log_manager.go). */
const rotatedAt = (nowMs: number): string =>
  new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
