import { expect, it } from 'vitest';
import type { Graph, Station } from '../judge/graph.ts';
import { graphFile, graphSvg } from './html-graph.ts';

const station = (id: string, column: number, over: Partial<Station> = {}): Station => ({
  id,
  column,
  kind: 'tier',
  title: id,
  detail: '',
  isReached: true,
  lines: [],
  ...over,
});
const graph: Graph = {
  stations: [
    station('load', 0),
    station('<gateway>', 1, {
      lines: [
        { text: 'traces', is: 'pipeline' },
        { text: '· geoip', is: 'blind' },
      ],
    }),
    station('tempo', 2),
    station('archive', 2),
  ],
  arrows: [
    { from: 'load', to: '<gateway>', signals: ['traces'], how: 'grpc' },
    { from: '<gateway>', to: 'tempo', signals: ['traces'], how: 'grpc' },
    { from: '<gateway>', to: 'archive', signals: ['traces'], how: 'grpc, TLS' },
    { from: '<gateway>', to: 'nowhere', signals: ['logs'], how: '' },
  ],
};

it('draws each station once, none over another, and an arrow between those that stand', () => {
  const { markup } = graphSvg(graph);
  const boxes = [...markup.matchAll(/<rect class="station[^>]*>/g)].map(([text]) => {
    const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) =>
      Number(new RegExp(` ${name}="([\\d.]+)"`).exec(text)?.[1]),
    ) as [number, number, number, number];
    return { x, y, right: x + width, bottom: y + height };
  });
  expect(boxes).toHaveLength(4);
  for (const a of boxes) {
    const over = boxes.filter(
      (b) => b !== a && a.x < b.right && b.x < a.right && a.y < b.bottom && b.y < a.bottom,
    );
    expect(over).toEqual([]);
  }
  expect(markup.match(/class="way"/g)).toHaveLength(3);
});

it('marks what is not modelled, and escapes names', () => {
  const { markup } = graphSvg(graph);
  expect(markup).toMatch(/class="blind"[^>]*>· geoip/);
  expect(markup).toContain('&lt;gateway&gt;');
  expect(markup).not.toContain('<gateway>');
});

it('is a file of its own with its look in it', () => {
  expect(graphFile(graph)).toMatch(/^<svg [^>]*xmlns=[^>]*>\s*<style>[^<]*svg \.way/);
});
