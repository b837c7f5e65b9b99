import { readdirSync, readFileSync } from 'node:fs';
import { loadPipeline } from './load.ts';
import type { ManifestFile } from './manifests.ts';
import type { Pipeline } from './types.ts';

const folder = new URL('../../fixtures/pipelines/', import.meta.url);

/** A pipeline that comes with the bench, with texts replaced in it that must be there. */
export function graph(
  name: 'archive' | 'routed' | 'standby' | 'two-samplers' | 'two-tier',
  ...changes: readonly (readonly [string, string])[]
): Pipeline {
  const own = new URL(`${name}/`, folder);
  const files = readdirSync(own).map((path): ManifestFile => {
    const text = readFileSync(new URL(path, own), 'utf8');
    return { path, text: changes.reduce((all, [from, to]) => all.replaceAll(from, to), text) };
  });
  const whole = files.map(({ text }) => text).join('');
  for (const [, to] of changes) if (!whole.includes(to)) throw new Error(`no ${to} in ${name}`);
  return loadPipeline(name, files);
}
