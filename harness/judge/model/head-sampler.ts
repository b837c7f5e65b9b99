import { text } from '../../pipeline/read.ts';
import { consistentSamplerPasses, headSamplerPasses } from '../../pipeline/thresholds.ts';
import type { Component } from '../../pipeline/types.ts';
import type { Drops } from './item-facts.ts';
import type { Sight, Surroundings } from './sight.ts';

/** A number of the config; `undefined` where something else stands, such as `${env:X}`. */
const numberOr = (value: unknown, otherwise: number): number | undefined => {
  if (value === undefined || value === null) return otherwise;
  return typeof value === 'number' ? value : undefined;
};

/**
 * `probabilistic_sampler` by trace ids, of which none was sampled before: modes equalizing and
 * proportional are alike then. A number in the attribute `sampling.priority` forces the decision.
 * Source: probabilisticsamplerprocessor v0.152.0, tracesprocessor.go, sampler_mode.go.
 */
export function headSamplerRule({ config }: Component, around: Surroundings, look: Sight): Drops {
  const percentage = numberOr(config.sampling_percentage, 0);
  const seed = numberOr(config.hash_seed, 0);
  const precision = numberOr(config.sampling_precision, 4);
  const mode = text(config.mode) || 'hash_seed';
  // Behind another one the span has a randomness value, which counts as an error here.
  const second = around.before.some((c) => c.type === 'probabilistic_sampler');
  const key = 'sampling.priority';
  return (facts, traceId) => {
    const seen = look(facts);
    if (!seen || seen.uncertainAttributes?.has(key)) return undefined;
    const forced = readPriority(seen.attributes[key]);
    if (forced !== 'deferred') return forced === 'unknown' ? undefined : forced === 'dropped';
    if (second || percentage === undefined || seed === undefined || precision === undefined) {
      return undefined;
    }
    if (mode === 'hash_seed') return !headSamplerPasses(percentage, seed, traceId);
    const isConsistent = mode === 'equalizing' || mode === 'proportional';
    return isConsistent ? !consistentSamplerPasses(percentage, precision, traceId) : undefined;
  };
}

type Priority = 'dropped' | 'kept' | 'deferred' | 'unknown';

/**
 * parseSpanSamplingPriority: integers, doubles and texts that strconv.ParseFloat reads count;
 * booleans, lists and maps do not, nor does what is below zero.
 */
function readPriority(value: unknown): Priority {
  const number = typeof value === 'string' ? parseFloatAsGo(value) : value;
  if (number === undefined) return value === undefined ? 'deferred' : 'unknown';
  if (typeof number !== 'number') return 'deferred';
  if (number === 0) return 'dropped';
  return number > 0 ? 'kept' : 'deferred';
}

/** Undefined for texts that only Go may read as a number: hexadecimal, underscores. */
function parseFloatAsGo(written: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written)) {
    const value = Number(written);
    // Out of range is an error there.
    return Number.isFinite(value) ? value : Number.NaN;
  }
  const infinity = /^([+-]?)inf(inity)?$/i.exec(written);
  if (infinity) return infinity[1] === '-' ? -Infinity : Infinity;
  return /^[+-]?[\d.]*[_x]/i.test(written) && /\d/.test(written) ? undefined : Number.NaN;
}
