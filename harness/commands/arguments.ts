import { InvalidArgumentError } from 'commander';

/** Digits only: JavaScript would read an empty text, `1e30` and `0x10` as numbers as well. */
export const whole =
  (least: number) =>
  (text: string): number => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least)
      throw new InvalidArgumentError(`Expected a whole number, at least ${least}.`);
    return number;
  };
/** An option that may be given again and again. */
export const collect = (value: string, all: string[]): string[] => [...all, value];
