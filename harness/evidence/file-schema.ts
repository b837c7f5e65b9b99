import { z } from 'zod';

/** A path in the run's folder that can be that of a file: what it names is read, and digested. */
export const fileOfRun = z
  .string()
  .regex(/^(?!\/)(?!(.*\/)?\.{0,2}(\/|$))/, 'no path of a file in this folder');

/** What a recorder stands in front of (tap/format.ts, RecordedHop). */
export const recordedHop = z.union([
  z.object({ tier: z.string() }),
  z.object({ backend: z.string() }),
  z.object({ files: z.string() }),
  z.object({ target: z.string() }),
]);
