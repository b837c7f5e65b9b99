import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHiding, type HiddenForm, type Hiding } from './tap/hide.ts';

/** Plain data with digests in the place of what is hidden; the very same where nothing is. */
export function hideIn<T>(value: T, hidden: readonly HiddenForm[]): T {
  return hidden.length === 0 ? value : (hideAll(value, createHiding(hidden)) as T);
}

function hideAll(value: unknown, hiding: Hiding): unknown {
  if (typeof value === 'string') return hiding.text(value);
  if (Array.isArray(value)) return value.map((part) => hideAll(part, hiding));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [hiding.text(key), hideAll(part, hiding)]),
  );
}

/** For a file that another program has written: what it says comes from the pipeline's answers. */
export function hideInFile(file: string, hidden: readonly HiddenForm[]): void {
  if (hidden.length === 0 || !existsSync(file)) return;
  const written = readFileSync(file);
  const shown = createHiding(hidden).bytes(written);
  if (shown !== written) writeFileSync(file, shown);
}
