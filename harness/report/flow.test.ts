import { describe, expect, it } from 'vitest';
import type { Flow } from '../judge/flow.ts';
import { flowWidth, pictureOf } from './flow.ts';
import { timeline } from './testing.ts';

const [traces, logs] = timeline().flows as [Flow, Flow];

describe('pictureOf', () => {
  it('says at each station what reached it, and on each branch what left', () => {
    const { stations, branches } = pictureOf(traces, 200);
    expect(stations.map(({ name, label }) => [name, label])).toEqual([
      ['load', '100'],
      ['agent', '100'],
      ['gateway', '90 (90 %)'],
      ['tempo', '22 (22 %)'],
    ]);
    expect(branches.map(({ title, detail, label }) => [title, detail, label])).toEqual([
      ['not sampled', 'no policy kept them', '60 (60 %)'],
      ['not sampled', 'dropped by never', '5 (5 %)'],
      ['lost', 'held-by-killed', '3 (3 %)'],
      ['filtered', 'agent/filter/health', '10 (10 %)'],
    ]);
  });

  it('draws heights in proportion', () => {
    const { stations, branches } = pictureOf(traces, 200);
    expect(stations.map(({ height }) => height)).toEqual([200, 200, 180, 44]);
    expect(branches.map(({ end }) => end.height)).toEqual([120, 10, 6, 20]);
  });

  it('lets no branch or label cover another', () => {
    const { branches, stations, height } = pictureOf(traces, 200);
    const boxes = [
      ...branches.map(({ end, labelY }) => ({
        from: Math.min(end.y, labelY - 20),
        to: Math.max(end.y + end.height, labelY + 20),
      })),
    ].sort((a, b) => a.from - b.from);
    expect(boxes[0]?.from).toBeGreaterThan(stations.at(-1)?.height ?? 0);
    boxes.slice(1).forEach((box, i) => {
      expect(box.from).toBeGreaterThanOrEqual(boxes[i]?.to ?? 0);
    });
    expect(boxes.at(-1)?.to).toBeLessThanOrEqual(height);
    for (const { end } of branches) expect(end.x).toBeLessThan(flowWidth);
  });

  it('is whole where nothing leaves, and where nothing was planned', () => {
    expect(pictureOf(logs, 100)).toMatchObject({
      branches: [],
      stations: [{ label: '8' }, { label: '8' }, { label: '8' }],
    });
    expect(pictureOf({ ...logs, planned: 0 }, 100).stations[0]?.label).toBe('0');
  });

  it('shows even one item of very many', () => {
    const branches = [{ at: 1, kind: 'lost', cause: 'x', items: 1 }] as const;
    const {
      branches: [one],
    } = pictureOf({ ...traces, planned: 1e6, branches }, 200);
    expect(one?.end.height).toBeGreaterThan(1);
  });
});
