import { describe, expect, it } from 'vitest';
import { legendRows, placeInRows, textWidth } from './placing.ts';

describe('legendRows', () => {
  it('breaks into rows before the edge', () => {
    const series = ['one', 'two', 'a very long name of a cause'].map((name) => ({
      name,
      tone: 'x',
    }));
    const { items, height } = legendRows(series, 100, 260);
    expect(items.map(({ row }) => row)).toEqual([0, 0, 1]);
    expect(items[2]?.x).toBe(100);
    expect(height).toBe(36);
  });
});

describe('placeInRows', () => {
  it('lets no text cover another or leave the picture', () => {
    const texts = ['load ends', 'collectors asked to stop', 'x'].map((text, i) => ({
      text,
      atX: 980 + i,
    }));
    const placed = placeInRows(texts, 1_000);
    for (const { fromX, text } of placed) {
      expect(fromX).toBeGreaterThanOrEqual(0);
      expect(fromX + textWidth(text)).toBeLessThanOrEqual(1_001);
    }
    for (const a of placed) {
      for (const b of placed) {
        if (a === b || a.row !== b.row) continue;
        const apart =
          a.fromX + textWidth(a.text) <= b.fromX || b.fromX + textWidth(b.text) <= a.fromX;
        expect(apart, `${a.text} / ${b.text}`).toBe(true);
      }
    }
  });

  it('uses one row where there is room', () => {
    const placed = placeInRows(
      [
        { text: 'a', atX: 10 },
        { text: 'b', atX: 500 },
      ],
      1_000,
    );
    expect(placed.map(({ row }) => row)).toEqual([0, 0]);
  });
});
