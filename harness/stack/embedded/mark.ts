import { rmSync, writeFileSync } from 'node:fs';
import { containerOf } from './container-process.ts';
import type { Pod } from './kubelet.ts';
import type { Mark } from './protocol.ts';

/**
 * Sets or takes away an empty file in a running container's own root.
 * @throws where the container has ended
 */
export function setMark({ child, spec }: Pod, { path, isSet }: Pick<Mark, 'path' | 'isSet'>): void {
  const pid = child && containerOf(child);
  if (pid === undefined) throw new Error(`${spec.name} has no running container`);
  const file = `/proc/${pid}/root${path}`;
  if (isSet) writeFileSync(file, '');
  else rmSync(file, { force: true });
}
