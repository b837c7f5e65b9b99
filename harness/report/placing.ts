/** Places texts in a picture so that none covers another, without knowing the reader's fonts. */

export const lineHeight = 18;

/** A generous guess for 12 px of a common sans-serif. */
export const textWidth = (text: string): number => text.length * 6.9;

export interface Legend {
  readonly items: readonly {
    readonly name: string;
    readonly tone: string;
    readonly x: number;
    readonly row: number;
  }[];
  readonly height: number;
}

/** The names of series one after another, in as many rows as they need. */
export function legendRows(
  series: readonly { readonly name: string; readonly tone: string }[],
  fromX: number,
  toX: number,
): Legend {
  let [x, row] = [fromX, 0];
  const items = series.map(({ name, tone }) => {
    const needed = 15 + textWidth(name);
    if (x > fromX && x + needed > toX) [x, row] = [fromX, row + 1];
    const item = { name, tone, x: Math.round(x), row };
    x += needed + 16;
    return item;
  });
  return { items, height: (row + 1) * lineHeight };
}

export interface Placed {
  readonly text: string;
  /** What it belongs to. */
  readonly atX: number;
  /** Where it begins. */
  readonly fromX: number;
  readonly row: number;
}

/** Texts at or behind their places, moved inside the picture, in rows where they would meet. */
export function placeInRows(
  texts: readonly { readonly text: string; readonly atX: number }[],
  width: number,
  where: 'around' | 'after' = 'around',
): Placed[] {
  const free: number[] = [];
  return [...texts]
    .sort((a, b) => a.atX - b.atX)
    .map(({ text, atX }) => {
      const length = textWidth(text);
      const wanted = where === 'around' ? atX - length / 2 : atX;
      const fromX = Math.max(0, Math.min(wanted, width - length));
      const at = free.findIndex((until) => until <= fromX);
      const row = at < 0 ? free.length : at;
      free[row] = fromX + length + 10;
      return { text, atX, fromX: Math.round(fromX), row };
    });
}
