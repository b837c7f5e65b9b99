import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { type Problem, throwProblems } from '../../lib/errors.ts';
import { didYouMean } from '../../lib/nearest.ts';
import type { ComponentKind, Pipeline } from '../../pipeline/types.ts';

const run = promisify(execFile);

/** Component types by kind, as `otelcol components` lists them. */
export type KnownComponents = Readonly<Record<ComponentKind, readonly string[]>>;

/** Asks a collector binary what it was built with. */
export async function readComponents(binary: string): Promise<KnownComponents> {
  const { stdout } = await run(binary, ['components'], { maxBuffer: 8 << 20, timeout: 20_000 });
  const listed = parse(stdout) as Record<string, { name: string }[] | undefined>;
  const names = (kind: ComponentKind): string[] => (listed[kind] ?? []).map(({ name }) => name);
  return {
    receivers: names('receivers'),
    processors: names('processors'),
    exporters: names('exporters'),
    connectors: names('connectors'),
    extensions: names('extensions'),
  };
}

/**
 * Every component that the pipeline's collectors use must be in the binary.
 * @throws UserError naming each that is not, with its place
 */
export function checkComponents(pipeline: Pipeline, known: KnownComponents, version: string): void {
  const problems = pipeline.tiers.flatMap((tier) =>
    tier.components.flatMap(({ kind, id, type, place }): Problem[] => {
      // What is not listed at all can't be judged: another build may list otherwise.
      if (known[kind].length === 0 || known[kind].includes(type)) return [];
      const hint =
        didYouMean(type, known[kind]) ??
        'leave it out with --set <resource>:<path>=null, or use a build that has it';
      const what = kind.slice(0, -1);
      const message = `${what} "${id}" is not in the collector that would run it (${version})`;
      return [{ place, message, known: known[kind], hint }];
    }),
  );
  throwProblems(problems);
}
