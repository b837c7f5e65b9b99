import { expect } from 'vitest';
import { UserError } from './errors.ts';

/** What a user is told of their mistakes. @throws where there is none, or it breaks otherwise */
export function mistakesIn(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).mistakes;
  }
  throw new Error('no mistake was found');
}
