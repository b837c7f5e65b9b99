import type { Rule } from './rule.ts';

const isOfClicks = (file: string): boolean => file === 'evidence/clicks.json';

/** Edits of copies of queues and of followed links that prove nothing against the judge. */
export const harmlessToQueuesAndLinks: readonly Rule[] = [
  {
    why: 'what a queue held as the bench ended its pod, or of points: nothing is asked of it',
    covers: ({ isUnasked }) => isUnasked === true,
  },
  {
    why: 'a row tells why a click found nothing; these found, by ids that a row repeats',
    covers: ({ file, path = [] }) => isOfClicks(file) && path[0] === 'rows' && path.length > 1,
  },
  {
    why: 'how a link asked is told where it found nothing; this one found, by ids',
    covers: ({ file, path }) =>
      isOfClicks(file) && path?.[2] === 'request' && path[3] === 'parameters',
  },
];
