import type { Backend } from './types.ts';

/** Scenarios name a backend by its id, its host, or the first label of its host. */
export const isCalled = ({ id, host }: Pick<Backend, 'id' | 'host'>, name: string): boolean =>
  name === id || name === host || name === host.split('.')[0];
