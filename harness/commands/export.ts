import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { UserError } from '../lib/errors.ts';
import type { Host } from './host.ts';

/**
 * `bench export <context> <folder>`: the objects of a live cluster that make up its pipelines, a
 * file a kind, to be tried as any folder of manifests. Secrets are left where they are.
 *
 * @throws UserError where the folder is there already, or the cluster can't be read
 */
export async function exportCommand(
  context: string,
  folder: string,
  namespaces: readonly string[],
  { write }: Pick<Host, 'write'>,
): Promise<void> {
  if (existsSync(folder)) {
    throw new UserError(`${folder} is there already. Hint: name a folder that is not`);
  }
  // Kubernetes' client loads longer than all the rest.
  const { exportObjects, liveLister } = await import('../stack/kind/exported.ts');
  const objects = await exportObjects(liveLister(context), namespaces);
  if (objects.length === 0) {
    throw new UserError(
      `${context}: nothing in namespace ${namespaces.join(', ')} is of a pipeline`,
    );
  }
  mkdirSync(folder, { recursive: true });
  for (const [kind, own] of Map.groupBy(objects, (one) => one.kind)) {
    const file = join(folder, `${kind.toLowerCase()}.yaml`);
    writeFileSync(file, own.map((one) => stringify(one)).join('---\n'));
    write(`${file}: ${own.length}\n`);
  }
  write(`npm run bench -- show ${folder}\n`);
}
