import { formatCount, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { type ItemAccount, isElsewhere } from '../ledger/account.ts';
import { lastStation } from '../model/path.ts';
import type { Finding } from '../types.ts';
import {
  concludesFromAbsenceInTime,
  isOpenItem,
  type JudgeContext,
  verdictOf,
  type Watcher,
} from '../watch.ts';

/** Of a class: how many spans were sent, and how many of them are stored. */
interface Tally {
  sent: number;
  stored: number;
}

/**
 * Spans that came to their backends, of all that were sent, whatever class they are of. A span of
 * which nothing can be said counts as stored where that speaks for the pipeline, and as not stored
 * where that does.
 */
export function createStoredCheck(
  { atMost, atLeast }: ExpectationOf<'stored'>,
  { paths, samplerStep, sampling }: Pick<JudgeContext, 'paths' | 'samplerStep' | 'sampling'>,
): Watcher {
  const classes = new Map<string, Tally>();
  const all = { sent: 0, stored: 0, open: 0 };
  const take = (className: string, account: ItemAccount): void => {
    const { bucket } = account;
    if (bucket.kind === 'notOffered' || isElsewhere(account)) return;
    const own = classes.get(className) ?? { sent: 0, stored: 0 };
    classes.set(className, own);
    own.sent++;
    all.sent++;
    if (bucket.kind === 'delivered') {
      own.stored++;
      all.stored++;
    } else if (isOpenItem(account)) all.open++;
  };
  const find = (limit: number, share: string): Finding => {
    const { tier } = paths.traces.steps[samplerStep] ?? {};
    const component = tier && sampling ? `${tier.name}/${sampling.component.id}` : 'pipeline';
    const count = Math.max(1, Math.abs(all.stored - Math.round(limit * all.sent)));
    return {
      kind: 'promise-not-configured',
      hop: tier?.name ?? lastStation(paths.traces),
      component,
      cause: `${share} of the spans are stored: ${tellClasses(classes, all.stored)}`,
      count,
      window: null,
      examples: [],
      fix: `keep ${all.stored / all.sent > limit ? 'fewer' : 'more'} of the classes that make up most of it, or promise what such a load leaves`,
    };
  };
  return {
    openedBy: concludesFromAbsenceInTime,
    trace: ({ account: { trace, spans } }) => {
      for (const span of spans) take(trace.className, span);
    },
    finish: () => {
      const { sent, stored, open } = all;
      const atLeastStored = stored / Math.max(1, sent);
      const atMostStored = (stored + open) / Math.max(1, sent);
      const isTooMuch = atLeastStored > atMost;
      const failed = isTooMuch || atMostStored < atLeast;
      const maybe = sent === 0 || atMostStored > atMost || atLeastStored < atLeast;
      const share = formatShare(atLeastStored);
      const rest = open > 0 ? `, ${formatCount(open)} open` : '';
      return {
        name: 'stored',
        subject: '',
        verdict: verdictOf(sent > 0 && failed, maybe),
        expected: `${formatShare(atLeast)} to ${formatShare(atMost)} of the spans`,
        observed: `${formatCount(stored)} of ${formatCount(sent)} spans (${share})${rest}`,
        findings: sent > 0 && failed ? [find(isTooMuch ? atMost : atLeast, share)] : [],
      };
    },
  };
}

/** What each class is of what is stored, most first. */
const tellClasses = (classes: ReadonlyMap<string, Tally>, stored: number): string =>
  [...classes]
    .filter((own) => own[1].stored > 0)
    .sort((a, b) => b[1].stored - a[1].stored)
    .map(([name, own]) => `${formatShare(own.stored / stored)} of them of class ${name}`)
    .join(', ');
