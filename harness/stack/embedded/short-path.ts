import { relative } from 'node:path';

/** The path of a socket may have 107 bytes: relative to the working folder it is shorter. */
export const shortPath = (path: string): string => {
  const short = relative(process.cwd(), path);
  return short.length < path.length ? short : path;
};
