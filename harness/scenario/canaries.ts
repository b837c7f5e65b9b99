import { z } from 'zod';
import { share, strict } from './words/forms.ts';

/** Where in what is sent a secret can stand. */
export const canaryPlaces = [
  'spanAttribute',
  'spanName',
  'event',
  'link',
  'resource',
  'logAttribute',
  'logBody',
  'metricLabel',
  'exemplar',
] as const;
export type CanaryPlace = (typeof canaryPlaces)[number];

const place = z.enum(canaryPlaces);

/** `key: 2%` is an attribute of root spans; `key: { share: 2%, in: [event, link] }` is there. */
export const canaryForm = z
  .union([share, strict({ share, in: z.union([place, z.array(place).min(1)]) })])
  .transform((written) =>
    typeof written === 'number'
      ? { share: written, places: ['spanAttribute'] as const satisfies readonly CanaryPlace[] }
      : { share: written.share, places: [...new Set([written.in].flat())] },
  );
