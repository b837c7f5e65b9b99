import type { Place } from '../../lib/errors.ts';
import { object } from '../../pipeline/read.ts';
import type { Component } from '../../pipeline/types.ts';

/** Where a value comes from: its line, or what set it for this run. */
export const at = ({ file, line, setBy }: Place): string =>
  setBy === undefined ? `${file}:${line}` : `set by ${setBy}`;

/** Where a setting comes from, by its path; of one that is not written, as near as there is one. */
export const placeOfSetting = ({ place, placeOf }: Component, path: string): string =>
  at(placeOf?.(path.split('.')) ?? place);

/** The value at a path of settings, however deep; undefined where none is written. */
export const settingOf = (component: Component, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (inside, key) => (inside == null ? undefined : object(inside)[key]),
      component.config,
    );

/**
 * A setting with its value and place: `num_traces: 300 (gateway.yaml:31)`.
 *
 * @param unset what is said in the value's stead where it is not written
 */
export function tellSetting(component: Component, path: string, unset: string): string {
  const value = settingOf(component, path);
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
  return `${path}: ${text ?? unset} (${placeOfSetting(component, path)})`;
}
