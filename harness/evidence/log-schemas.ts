import { z } from 'zod';

const text = z.string();
const number = z.number();
const count = z.int().min(0);

/** What is read in the logs of collectors; each is checked against its type where it is listed. */
export const drop = z.object({
  pod: text,
  atMs: number,
  component: text,
  signal: text,
  items: number,
  error: text,
  rejected: z.boolean(),
  uncounted: z.literal(true).exactOptional(),
});

export const wordLine = z.object({
  pod: text,
  component: text,
  signal: text,
  words: text,
  about: text,
  error: text,
  fromMs: number,
  toMs: number,
  lines: count,
});

export const start = z.object({ pod: text, fromMs: number, toMs: number });
