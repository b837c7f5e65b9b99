import { readDropLines } from '../evidence/drops.ts';
import { logMoment } from '../evidence/log-moment.ts';
import { isRemoteWrite, messageOf, signalOfPath } from '../evidence/payload.ts';
import { readPoints } from '../evidence/points.ts';
import type { RequestRecord } from '../tap/format.ts';
import { type Edit, isDerived } from './edit.ts';
import type { Value } from './formats.ts';
import { harmlessToQueuesAndLinks } from './harmless-links.ts';
import type { Rule } from './rule.ts';

const field = ({ path }: Edit): string => String(path?.at(-1));
const fieldsOf = ({ around }: Edit): Readonly<Record<string, unknown>> =>
  typeof around === 'object' && around !== null && !Array.isArray(around) ? around : {};
const fieldsOfRow = ({ around }: Edit): readonly Value[] => (Array.isArray(around) ? around : []);
const isTap = ({ file }: Edit): boolean => file.endsWith('.tap');

/** Lines of a collector's log in which the judge reads something. */
const isRead = (line: Value | undefined): boolean =>
  readDropLines('', String(line)).length > 0 ||
  /Starting extensions\.\.\.|Starting (GRPC|HTTP) server|Everything is ready/.test(String(line));

/** Moments that a collector's log may give its start, between which nothing can be told apart. */
const sameMoment = ({ before, after }: Edit): boolean =>
  logMoment(String(before)) === logMoment(String(after)) && isRead(before) === isRead(after);

const sameMembers = (before: Value | undefined, after: Value | undefined): boolean =>
  Array.isArray(before) &&
  Array.isArray(after) &&
  JSON.stringify(before.map(String).toSorted()) === JSON.stringify(after.map(String).toSorted());

const carriedBy = (path: Value | undefined): string => {
  const text = String(path);
  return `${signalOfPath(text)} ${isRemoteWrite(text)}`;
};

/** Of a collector's series, all that is judged: whose they are and whether it was reached. */
const sameScrape = (before: Value | undefined, after: Value | undefined): boolean => {
  const judged = (series: Value | undefined) => {
    const { pod, tier, up } = Object(series) as Record<string, unknown>;
    return pod === undefined ? undefined : JSON.stringify([pod, tier, up]);
  };
  return judged(before) !== undefined && judged(before) === judged(after);
};

/** A request's payload holds the same message as before. */
function sameMessage({ around, before, after }: Edit): boolean {
  const { type, meta } = around as unknown as RequestRecord;
  if (type !== 'request') return false;
  const messageIn = (payload: Value | undefined): Buffer =>
    messageOf({ meta, payload: Buffer.from(String(payload), 'latin1') });
  try {
    return messageIn(before).equals(messageIn(after));
  } catch {
    return false;
  }
}

/** A payload of metrics holds the same points as before, each of a metric's name and pod. */
function samePoints({ around, before, after }: Edit): boolean {
  const { meta } = around as unknown as RequestRecord;
  const pointsOf = (payload: Value | undefined): string => {
    const found: string[] = [];
    const record = { meta, payload: Buffer.from(String(payload), 'latin1') };
    const seriesOf = (name: string, label: string | undefined): number => {
      found.push(`${name} ${label}`);
      return 0;
    };
    readPoints(record, seriesOf, ({ timeMs, value }) => found.push(`${timeMs} ${value}`));
    return found.join('|');
  };
  try {
    return pointsOf(before) === pointsOf(after);
  } catch {
    return false;
  }
}

/** An event of the journal that only tells how far the run was. */
const isOfProgress = (entry: unknown): boolean =>
  ['stack', 'stage', 'evidence', 'end', 'fault'].includes(String(Object(entry).event));

/** An entry of the journal has its number and moments as before. */
const sameClocks = ({ before, after }: Edit): boolean =>
  ['entry', 'atMs', 'monotonicMs'].every((key) => Object(before)[key] === Object(after)[key]);

/** The request never left, by k6's error codes; `drive/outcomes.ts`. */
const isNotSent = (code: Value | undefined): boolean =>
  Number(code) >= 1210 && Number(code) <= 1213;

const rules: readonly Rule[] = [
  ...harmlessToQueuesAndLinks,
  {
    why: 'tables and what else is made of the record are made again from it',
    covers: ({ file }) => isDerived(file),
  },
  {
    why: 'what k6 and the shop’s broker say of themselves is for reading',
    covers: ({ file }) => /(^|\/)(k6|queue-[a-z0-9-]+\.\d+)\.log$/.test(file),
  },
  {
    why: 'a line of a log that tells neither of a drop nor of a start',
    covers: (edit) =>
      edit.path?.length === 1 &&
      /evidence\/logs\//.test(edit.file) &&
      ((!isRead(edit.before) && !isRead(edit.after)) ||
        (edit.kind === 'delete' && !isRead(edit.before)) ||
        sameMoment(edit)),
  },
  {
    why: 'one of the lines behind a start: the next bounds it as well, only wider',
    covers: ({ file, path, before }) =>
      /evidence\/logs\//.test(file) &&
      path?.length === 1 &&
      /Starting (GRPC|HTTP) server/.test(String(before)),
  },
  {
    why: 'an ack that became an open answer: less is certain, and what was seen stands',
    weakens: true,
    covers: ({ file, path, before, after }) =>
      /outcomes\.log$/.test(file) &&
      ((path?.[1] === 6 && Number(before) <= 2 && Number(after) > 2) ||
        (path?.[1] === 4 && Number(before) === 200 && Number(after) < 400)),
  },
  {
    why: 'status, error and length of an ack that changed places: an open answer as well',
    weakens: true,
    covers: (edit) =>
      /outcomes\.log$/.test(edit.file) &&
      edit.kind === 'swap' &&
      [4, 5, 6].includes(Number(edit.path?.[1])) &&
      JSON.stringify([4, 5, 6].map((column) => fieldsOfRow(edit)[column])) === '[200,0,2]',
  },
  {
    why: 'a dial that failed and became an open answer: less is certain, and what was seen stands',
    weakens: true,
    covers: ({ file, path, before, after }) =>
      /outcomes\.log$/.test(file) && path?.[1] === 5 && isNotSent(before) && !isNotSent(after),
  },
  {
    why: 'a moment of the load within the second that it may be late: figures may say so',
    weakens: true,
    covers: ({ file, path, before, after }) =>
      /outcomes\.log$/.test(file) &&
      [2, 3].includes(Number(path?.[1])) &&
      Math.abs(Number(before) - Number(after)) <= 1_000,
  },
  {
    why: 'one probe that tells less: the share leaves room for one, or it is unknown',
    weakens: true,
    covers: ({ file, kind, path }) =>
      /answers\.json$/.test(file) &&
      ['cut', 'delete'].includes(kind) &&
      path?.[0] === 'visibility' &&
      path.length >= 2,
  },
  {
    why: 'lines of a log that changed places within a quarter of a second',
    covers: ({ file, kind, path }) =>
      /evidence\/logs\//.test(file) && path?.length === 1 && ['swap', 'shift'].includes(kind),
  },
  {
    why: 'logs of two lives side by side, neither of which tells of a drop',
    covers: ({ file, kind, path, before, after }) =>
      /evidence\/logs\//.test(file) &&
      kind === 'swap' &&
      path === undefined &&
      [before, after].every(
        (log) => readDropLines('', String(log ?? 'Dropping data')).length === 0,
      ),
  },
  {
    why: 'connections are recorded for reading',
    covers: (edit) =>
      isTap(edit) && (fieldsOf(edit).type === 'connection' || field(edit) === 'connection'),
  },
  {
    why: 'a connection that opened or closed is recorded for reading',
    covers: ({ file, path, before }) =>
      file.endsWith('.tap') &&
      path?.length === 1 &&
      (before as { type?: Value })?.type === 'connection',
  },
  {
    why: 'a moment that is still between those of the records around it',
    covers: (edit) => isTap(edit) && field(edit) === 'atMs',
  },
  {
    why: 'an answer of success: its message, which success',
    covers: (edit) =>
      isTap(edit) &&
      fieldsOf(edit).type === 'answer' &&
      fieldsOf(edit).outcome === 'ok' &&
      ['message', 'code'].includes(field(edit)),
  },
  {
    why: 'an answer of success whose body can’t be read: less is certain, and what was seen stands',
    weakens: true,
    covers: (edit) =>
      isTap(edit) &&
      fieldsOf(edit).type === 'answer' &&
      fieldsOf(edit).outcome === 'ok' &&
      field(edit) === 'payload',
  },
  {
    why: 'what was compressed is the same: a header that says when, or on which system',
    covers: (edit) => isTap(edit) && field(edit) === 'payload' && sameMessage(edit),
  },
  {
    why: 'of a request’s path only what it carries is read, and in which form',
    covers: (edit) =>
      isTap(edit) && field(edit) === 'path' && carriedBy(edit.before) === carriedBy(edit.after),
  },
  {
    why: 'of metrics only the load’s points are read: their series, times and values are the same',
    covers: (edit) => {
      const { meta, path } = fieldsOf(edit) as { meta?: { path?: string }; path?: string };
      const where = meta?.path ?? path ?? '';
      const isOfMetrics = isTap(edit) && /metrics|write/i.test(where) && edit.path !== undefined;
      return isOfMetrics && (field(edit) !== 'payload' || samePoints(edit));
    },
  },
  {
    why: 'a moment of the load within the second that it may be late',
    covers: ({ file, path, before, after }) =>
      /outcomes\.log$/.test(file) &&
      [2, 3].includes(Number(path?.[1])) &&
      Math.abs(Number(before) - Number(after)) <= 60_000,
  },
  {
    why: 'an ack is an ack, with or without an empty partial success in it',
    covers: ({ file, path, before, after }) =>
      /outcomes\.log$/.test(file) && path?.[1] === 6 && Number(before) <= 2 && Number(after) <= 2,
  },
  {
    why: 'the order of lines, of answers and of what was asked is not read',
    covers: ({ file, kind, path, around }) =>
      ['swap', 'shift'].includes(kind) &&
      /outcomes\.log$|answers\.json$|journal\.jsonl$/.test(file) &&
      path !== undefined &&
      (kind === 'shift' || Array.isArray(around)),
  },
  {
    why: 'the same spans of one answer, in another order',
    covers: ({ file, path, before, after }) =>
      /answers\.json$/.test(file) && path?.at(-1) === 'spanIds' && sameMembers(before, after),
  },
  {
    why: 'when a trace was asked for in vain, where it was seen in time; when, within the limit',
    covers: (edit) =>
      /answers\.json$/.test(edit.file) && ['missedMs', 'visibleMs'].includes(field(edit)),
  },
  {
    why: 'a collector’s own counters, and how many samples there are of them, are shown, not judged',
    covers: ({ file, path, before, after }) =>
      /answers\.json$/.test(file) &&
      path?.[0] === 'series' &&
      (path.includes('counters') || path.at(-1) === 'samples' || sameScrape(before, after)),
  },
  {
    why: 'the journal’s words for whoever reads it',
    covers: (edit) =>
      /journal\.jsonl$/.test(edit.file) &&
      (edit.path?.includes('lastLines') === true ||
        ['text', 'title', 'step', 'bytes', 'spans', 'kind', 'target', 'pod', 'userCpuMs'].includes(
          field(edit),
        )),
  },
  {
    why: 'an event of the journal that only tells how far the run was',
    covers: (edit) =>
      /journal\.jsonl$/.test(edit.file) &&
      (isOfProgress(fieldsOf(edit)) || (isOfProgress(edit.before) && sameClocks(edit))) &&
      !['entry', 'monotonicMs'].includes(field(edit)),
  },
  {
    why: 'a moment of the journal that differs by less than its clocks may',
    covers: (edit) =>
      /journal\.jsonl$/.test(edit.file) && ['atMs', 'monotonicMs'].includes(field(edit)),
  },
];

/**
 * Why an edit that left a pass proves nothing against the judge.
 * @param isSame the verdict is as it was, word for word
 */
export const whyHarmless = (edit: Edit, isSame: boolean): string | undefined =>
  rules.find((rule) => (isSame || rule.weakens) && rule.covers(edit))?.why;
