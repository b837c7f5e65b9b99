import { describe, expect, it } from 'vitest';
import { longComments, type Source, sources } from './tidy.testing.ts';

describe('sizes', () => {
  it('a file has at most 300 lines', () => {
    const lines = ({ text }: Source): number => text.split('\n').length - 1;
    const long = sources.filter((source) => lines(source) > 300);
    expect(long.map((source) => `${source.path}: ${lines(source)} lines`)).toEqual([]);
  });

  it('a comment has at most 100 columns; code is the formatter’s', () => {
    const long = sources.flatMap(({ path, text }) =>
      longComments(text, 100).map((line) => `${path}:${line}`),
    );
    expect(long).toEqual([]);
  });
});
