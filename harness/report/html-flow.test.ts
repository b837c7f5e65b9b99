import { describe, expect, it } from 'vitest';
import type { Flow } from '../judge/flow.ts';
import { flowSvg } from './html-flow.ts';
import { timeline } from './testing.ts';

const [traces] = timeline().flows as [Flow, Flow];

describe('flowSvg', () => {
  it('names every station and every way out with its count', () => {
    const { markup } = flowSvg(traces);
    for (const text of ['>load<', '>agent<', '>gateway<', '>tempo<', 'lost: 3 (3 %)', '22 (22 %)'])
      expect(markup).toContain(text);
  });

  it('cuts a cause that has no room, and tells it in full when pointed at', () => {
    const cause = 'agent/probabilistic_sampler/a-name-that-somebody-found-short-enough';
    const { markup } = flowSvg({
      ...traces,
      branches: [{ at: 2, kind: 'filtered', cause, items: 5 }],
    });
    expect(markup).toContain(`(${cause})</title>`);
    expect(markup).toMatch(/>agent\/probabilistic_sampler[^<]*…<\/text>/);
  });
});
