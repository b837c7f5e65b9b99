import { describe, expect, it } from 'vitest';
import { createPick } from './entry.ts';

describe('a connection of the load', () => {
  it('stays with its pod, and takes the next when that is gone', () => {
    const able = ['a', 'b', 'c'];
    const pick = createPick(4, () => able);
    expect([pick(), pick()]).toEqual(['b', 'b']);
    able.splice(1, 1);
    const next = pick();
    expect(['a', 'c']).toContain(next);
    able.push('b');
    expect(pick()).toBe(next);
  });

  it('has nowhere to go where there is no pod, and goes on when there is', () => {
    const able: string[] = [];
    const pick = createPick(1, () => able);
    expect(pick()).toBeUndefined();
    able.push('a');
    expect(pick()).toBe('a');
  });
});
