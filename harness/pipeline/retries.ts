import { parseDurationMs } from '../lib/units.ts';
import { number, type Plain, text } from './read.ts';
import { sendersOf } from './senders.ts';
import type { Component } from './types.ts';

/** How an exporter tries again (`retry_on_failure`). */
export interface BackOff {
  readonly initialMs: number;
  readonly mostMs: number;
  readonly multiplier: number;
  /** Each pause is drawn from this share of it less to this share of it more. */
  readonly jitter: number;
}

/** Of exporterhelper v0.152.0 (config/configretry, NewDefaultBackOffConfig). */
const byDefault: BackOff = { initialMs: 5_000, mostMs: 30_000, multiplier: 1.5, jitter: 0.5 };

/** How each sender of an exporter tries again; none where it does not. */
export const backOffsOf = (exporter: Component): BackOff[] =>
  sendersOf(exporter).flatMap(({ retry }) => (retry ? backOff(retry) : []));

function backOff(settings: Plain): BackOff {
  const durationMs = (value: unknown, otherwiseMs: number): number =>
    parseDurationMs(text(value) ?? '') ?? otherwiseMs;
  return {
    initialMs: durationMs(settings.initial_interval, byDefault.initialMs),
    mostMs: durationMs(settings.max_interval, byDefault.mostMs),
    multiplier: number(settings.multiplier) ?? byDefault.multiplier,
    jitter: number(settings.randomization_factor) ?? byDefault.jitter,
  };
}

/** How a gRPC client connects anew, unless told otherwise (grpc-go, backoff.DefaultConfig). */
export const reconnect: BackOff = {
  initialMs: 1_000,
  mostMs: 120_000,
  multiplier: 1.6,
  jitter: 0.2,
};

/** The longest pause between two attempts, 45 s by default. */
export const longestPauseMs = ({ mostMs, jitter }: BackOff): number => mostMs * (1 + jitter);

/**
 * The longest pause that may follow an attempt when the first one failed that long before: pauses
 * grow from attempt to attempt, and each took its shortest at least.
 */
export function longestPauseAfterMs(backOff: BackOff, failingForMs: number): number {
  const { initialMs, mostMs, multiplier, jitter } = backOff;
  let pauseMs = initialMs;
  let passedMs = initialMs * (1 - jitter);
  while (passedMs <= failingForMs && pauseMs < mostMs) {
    if (pauseMs <= 0 || multiplier <= 1) break;
    pauseMs = Math.min(mostMs, pauseMs * multiplier);
    passedMs += pauseMs * (1 - jitter);
  }
  return Math.min(mostMs, pauseMs) * (1 + jitter);
}
