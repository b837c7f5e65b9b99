import { closeSync, readdirSync, readFileSync } from 'node:fs';

const closeOnExec = 0o2000000;

/**
 * Closes what this process was started with beyond its three streams: a terminal's or a CI's open
 * files would go on to every pod. Whatever it opens itself does not.
 */
export function closeInherited(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    if (descriptor > 2 && !isOwn(name)) closeSync(descriptor);
  }
}

function isOwn(descriptor: string): boolean {
  try {
    const facts = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
    const flags = Number.parseInt(/^flags:\s+(\d+)/m.exec(facts)?.[1] ?? '', 8);
    return (flags & closeOnExec) !== 0;
  } catch {
    // It was open only while they were listed.
    return true;
  }
}
