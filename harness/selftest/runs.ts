import type { ProcessFacts } from '../shell/process-tree.ts';

/** Whether a process is Node that runs a file of the bench, with whatever options. */
export const runs = (file: string, { command }: Pick<ProcessFacts, 'command'>): boolean =>
  new RegExp(`^\\S*node\\S* (--\\S+ )*\\S*${file} `).test(`${command} `);
