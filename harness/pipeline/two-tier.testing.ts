import { readFileSync } from 'node:fs';
import { UserError } from '../lib/errors.ts';
import type { ResourceEdit } from './edits.ts';
import { loadPipeline } from './load.ts';
import type { ManifestFile } from './manifests.ts';

const folder = new URL('../../fixtures/pipelines/two-tier/', import.meta.url);

/** The pipeline that comes with the bench. */
export const files: readonly ManifestFile[] = ['agent.yaml', 'gateway.yaml', 'rbac.yaml'].map(
  (path) => ({ path, text: readFileSync(new URL(path, folder), 'utf8') }),
);

/** An edit of a collector, as from a scenario. */
export const edit = (resource: string, path: string, value: unknown): ResourceEdit => ({
  resource: `OpenTelemetryCollector/${resource}`,
  path,
  value,
  origin: 's.yaml:8:5',
});

/** The same with one text replaced in a file, which must be there. */
export function changed(file: string, from: string, to: string): ManifestFile[] {
  return files.map((f) => {
    if (f.path !== file) return f;
    if (!f.text.includes(from)) throw new Error(`no ${from} in ${file}`);
    return { path: f.path, text: f.text.replace(from, to) };
  });
}

/** What a user is told, a line a mistake. */
export function mistakesOf(
  manifests: readonly ManifestFile[],
  edits: readonly ResourceEdit[] = [],
): readonly string[] {
  try {
    loadPipeline('x', manifests, edits);
    return [];
  } catch (error) {
    if (error instanceof UserError) return error.mistakes;
    throw error;
  }
}
