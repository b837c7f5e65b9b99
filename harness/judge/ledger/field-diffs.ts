import type { ItemEvidence, Sighting } from '../../evidence/types.ts';
import type { EditedItem } from '../model/edit-item.ts';
import type { JudgeContext } from './context.ts';

/** An item that was seen, beside what it is to be there. */
interface Seen {
  readonly signal: 'traces' | 'logs';
  readonly item: ItemEvidence;
  readonly sighting: Sighting;
  readonly edited: EditedItem;
  /** A sampler notes its threshold in trace_state. */
  readonly writesState: boolean;
}

/**
 * What differs beside the attributes, in words: name, times, status, parent, events. Of items that
 * are to differ only some are recorded field by field; nothing is said of the others.
 */
export function fieldDiffs(context: JudgeContext, seen: Seen): string[] {
  const { signal, item, sighting, edited, writesState } = seen;
  const { uncertainFields: open } = edited;
  const isState = (key: string): boolean => key === 'traceState' && writesState;
  const expected = expectedFields(context, seen);
  const isSame =
    sighting.coreDigest === item.coreDigest &&
    (writesState || open.has('traceState') || sighting.stateDigest === item.stateDigest);
  if (isSame) {
    return [...expected].map(([key, value]) => `${key}: expected ${value}, found what was sent`);
  }
  const pair = context.evidence.contents({ signal, item: item.item }, sighting);
  const setsStatus = expected.has('status') || edited.statusMessage !== undefined;
  if (!pair) {
    const isMeant = expected.size + open.size > 0 || setsStatus;
    return isMeant ? [] : ['fields beside the attributes'];
  }
  const planned: Record<string, string | undefined> = { ...pair.planned };
  if (expected.has('name')) planned.name = edited.name === '' ? undefined : edited.name;
  if (setsStatus) planned.status = statusOf(item, edited, pair.planned.status ?? '');
  const keys = new Set([...Object.keys(planned), ...Object.keys(pair.seen)]);
  return [...keys]
    .filter((key) => !isState(key) && !open.has(key) && planned[key] !== pair.seen[key])
    .map((key) => `${key}: expected ${shown(planned[key])}, found ${shown(pair.seen[key])}`);
}

const shown = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));

const asSent: ReadonlyMap<string, string> = new Map();

/** The fields that are to be other than they were sent. */
function expectedFields(
  { evidence }: JudgeContext,
  { signal, item, edited: { name, statusCode, uncertainFields } }: Seen,
): ReadonlyMap<string, string> {
  if (signal === 'logs') return asSent;
  const isRenamed =
    name !== (evidence.name(item.nameId).name ?? '') && !uncertainFields.has('name');
  const hasStatus = statusCode !== item.statusCode && !uncertainFields.has('status');
  if (!isRenamed && !hasStatus) return asSent;
  return new Map([
    ...(isRenamed ? [['name', JSON.stringify(name)] as const] : []),
    ...(hasStatus ? [['status', `code ${statusCode}`] as const] : []),
  ]);
}

const hexOf = (value: number): string => value.toString(16).padStart(2, '0');

/** A Status (trace.proto) as hex: 2 is its message, 3 its code; undefined where both are empty. */
function statusOf(
  item: ItemEvidence,
  { statusCode, statusMessage }: EditedItem,
  sent: string,
): string | undefined {
  const ofCode = (code: number): string => (code === 0 ? '' : `18${hexOf(code)}`);
  const bytes = Buffer.from(statusMessage ?? '');
  const own = statusMessage === '' ? '' : `12${hexOf(bytes.length)}${bytes.toString('hex')}`;
  const message = statusMessage === undefined ? cut(sent, ofCode(item.statusCode)) : own;
  return message + ofCode(statusCode) || undefined;
}

const cut = (written: string, end: string): string =>
  end !== '' && written.endsWith(end) ? written.slice(0, -end.length) : written;
