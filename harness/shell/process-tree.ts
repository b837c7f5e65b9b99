import { readdirSync, readFileSync } from 'node:fs';

/** A process as /proc shows it; its start time tells it from a later one with the same id. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly startTicks: string;
  readonly command: string;
}

function read(pid: string): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      startTicks: fields[19] ?? '',
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
    };
  } catch {
    return undefined;
  }
}

export const allProcesses = (): ProcessFacts[] =>
  readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (read(name) ?? []) : []));

/** A process and all below it. */
export function processTree(root: number): ProcessFacts[] {
  const all = allProcesses();
  const tree: ProcessFacts[] = [];
  const visit = (pid: number): void => {
    const own = all.find((p) => p.pid === pid);
    if (own) tree.push(own);
    for (const child of all) if (child.parent === pid) visit(child.pid);
  };
  visit(root);
  return tree;
}

/** Of processes seen earlier, those that still live. */
export const stillAlive = (seen: Iterable<ProcessFacts>): ProcessFacts[] =>
  [...seen].filter(({ pid, startTicks }) => read(String(pid))?.startTicks === startTicks);
