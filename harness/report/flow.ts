import type { Branch, Flow, LeavingKind } from '../judge/flow.ts';
import { formatCount, formatShare } from '../lib/units.ts';
import type { Tone } from './summary.ts';

/**
 * The account of a signal's items as a flow. What goes on runs straight along the top and gets
 * thinner; what leaves turns down. The branches of later stations lie above those of earlier ones,
 * so that none crosses another. Across, the picture is `flowWidth` wide and may be stretched;
 * downward, a unit is a pixel.
 */
export interface FlowPicture {
  readonly height: number;
  readonly stations: readonly StationBox[];
  /** What went on from each station to the next. */
  readonly bands: readonly Rectangle[];
  readonly branches: readonly BranchRibbon[];
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface StationBox extends Rectangle {
  readonly name: string;
  readonly items: number;
  readonly label: string;
}

export interface BranchRibbon {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
  readonly label: string;
  /** Path data of the ribbon. */
  readonly ribbon: string;
  readonly end: Rectangle;
  /** Left and middle of its label. */
  readonly labelX: number;
  readonly labelY: number;
}

export const flowWidth = 1_000;
/** Free at the right for the labels of the last column. */
const labelWidth = 230;
const barWidth = 8;
/** A label of two lines takes this much. */
const slotHeight = 40;
const gap = 10;
const leastThickness = 1.5;

/** @param fullHeight pixels that all planned items take */
export function pictureOf(flow: Flow, fullHeight: number): FlowPicture {
  const { stations, planned, branches } = flow;
  const scale = fullHeight / Math.max(1, planned);
  const thick = (items: number): number =>
    items === 0 ? 0 : Math.max(leastThickness, items * scale);
  const columnGap = (flowWidth - labelWidth - barWidth) / Math.max(1, stations.length - 1);
  const reached = stations.map(
    (_, i) => planned - sum(branches.filter(({ at }) => at < i).map(({ items }) => items)),
  );
  const boxes = stations.map((name, i): StationBox => {
    const items = reached[i] ?? 0;
    const box = { x: i * columnGap, y: 0, width: barWidth, height: Math.max(2, thick(items)) };
    return { ...box, name, items, label: labelOf(items, planned) };
  });
  const bands = boxes.slice(1).map((box, i) => ({
    x: (boxes[i]?.x ?? 0) + barWidth,
    y: 0,
    width: columnGap - barWidth,
    height: box.items === 0 ? 0 : box.height,
  }));
  let cursor = boxes.at(-1)?.height ?? 0;
  const ribbons: BranchRibbon[] = [];
  for (let at = stations.length - 1; at >= 0; at--) {
    const box = boxes[at] as StationBox;
    cursor = Math.max(cursor, boxes[at + 1]?.height ?? 0);
    let leaveY = thick(reached[at + 1] ?? 0);
    for (const branch of branches.filter((b) => b.at === at)) {
      const height = thick(branch.items);
      const end = { x: box.x + columnGap, y: cursor + gap, width: barWidth, height };
      const slot = Math.max(height, slotHeight);
      // A thin branch stands in the middle of its label.
      const ended = { ...end, y: end.y + (height < slotHeight ? (slot - height) / 2 : 0) };
      ribbons.push(ribbonOf(branch, planned, box, leaveY, ended));
      cursor += gap + slot;
      leaveY += height;
    }
  }
  const bottom = Math.max(cursor, ...boxes.map(({ height }) => height));
  return { height: Math.ceil(bottom) + 2, stations: boxes, bands, branches: ribbons };
}

function ribbonOf(
  branch: Branch,
  planned: number,
  from: Rectangle,
  leaveY: number,
  end: Rectangle,
): BranchRibbon {
  const startX = from.x + from.width;
  const middle = (startX + end.x) / 2;
  const curve = (fromX: number, fromY: number, toX: number, toY: number): string =>
    `${point(fromX, fromY)}C${point(middle, fromY)} ${point(middle, toY)} ${point(toX, toY)}`;
  const there = curve(startX, leaveY, end.x, end.y);
  const back = curve(end.x, end.y + end.height, startX, leaveY + end.height);
  return {
    tone: toneOf(branch.kind),
    title: kindTitles[branch.kind],
    detail: detailOf(branch),
    label: labelOf(branch.items, planned),
    ribbon: `M${there}L${back}Z`,
    end,
    labelX: end.x + end.width,
    labelY: end.y + end.height / 2,
  };
}

const point = (x: number, y: number): string => `${round(x)},${round(y)}`;
const round = (n: number): number => Math.round(n * 100) / 100;
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const labelOf = (items: number, planned: number): string =>
  planned > 0 && items !== planned && items > 0
    ? `${formatCount(items)} (${formatShare(items / planned)})`
    : formatCount(items);

const kindTitles: Readonly<Record<LeavingKind, string>> = {
  notOffered: 'not offered',
  refused: 'refused',
  unseen: 'unseen',
  filtered: 'filtered',
  notSampled: 'not sampled',
  lost: 'lost',
  unexplained: 'unexplained',
};

function detailOf({ kind, cause }: Branch): string {
  switch (kind) {
    case 'notOffered':
      return 'the load did not send them';
    case 'refused':
      return 'the sender was told';
    case 'unseen':
      return 'sent, no sign of arrival';
    case 'notSampled':
      return cause === '' ? 'no policy kept them' : `dropped by ${cause}`;
    case 'unexplained':
      return 'no evidence tells';
    default:
      return cause;
  }
}

function toneOf(kind: LeavingKind): Tone {
  if (kind === 'filtered' || kind === 'notSampled') return 'quiet';
  if (kind === 'lost') return 'bad';
  return kind === 'unexplained' ? 'odd' : 'warn';
}
