import { RunBroken } from './budget.ts';

/** The wall clock may be this far off before it is followed: less is how finely it is read. */
const noticeableMs = 50;

let originMs = performance.timeOrigin;

/** Epoch milliseconds with microseconds behind the point; goes on evenly while a run does. */
export const nowMs = (): number => originMs + performance.now();

/** How far the wall clock, by which other processes go, is ahead of `nowMs`. */
export const clockShiftMs = (): number => Date.now() - nowMs();

/**
 * Sets `nowMs` by the wall clock, which may have been set, or have gone on while the machine slept,
 * since this process began.
 */
export function followWallClock(): void {
  const shiftMs = clockShiftMs();
  if (Math.abs(shiftMs) > noticeableMs) originMs += shiftMs;
}

/** Of this much no verdict is wrong. */
const mostShiftMs = 250;

/**
 * The load goes by the wall clock, the rest of the run by its own.
 * @throws RunBroken where they have parted since `followWallClock`
 */
export function refuseShiftedClock(): void {
  const shiftMs = clockShiftMs();
  if (Math.abs(shiftMs) <= mostShiftMs) return;
  const seconds = (shiftMs / 1_000).toFixed(1);
  throw new RunBroken(
    `this machine's clock moved by ${seconds} s while the load was sent: it was set, or the machine slept`,
  );
}
