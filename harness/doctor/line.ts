import type { Facts } from './facts.ts';

/** One line of the doctor's answer. */
export interface Line {
  /** `bad` keeps the runtime from running, `poor` does not. */
  readonly mark: 'good' | 'poor' | 'bad';
  readonly what: string;
  readonly text: string;
  /** Commands, or what else to do, in order; empty where nothing is to be done. */
  readonly fix: readonly string[];
}

/** Looks at one thing; undefined where it does not apply to this machine. */
export type Check = (facts: Facts) => Line | undefined;

export const good = (what: string, text: string): Line => ({ mark: 'good', what, text, fix: [] });
export const poor = (what: string, text: string, ...fix: string[]): Line => ({
  mark: 'poor',
  what,
  text,
  fix,
});
export const bad = (what: string, text: string, ...fix: string[]): Line => ({
  mark: 'bad',
  what,
  text,
  fix,
});

/** A command that changes the machine, with the `sudo` that an ordinary user needs. */
export const asRoot = ({ isRoot }: Pick<Facts, 'isRoot'>, command: string): string =>
  isRoot ? command : `sudo ${command}`;
