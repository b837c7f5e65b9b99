import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Reads the repository's own text for `tidy.test.ts`. */
export const root = join(import.meta.dirname, '..');

const skipped =
  /^(node_modules|reports|\.git|fixtures\/(runs|binaries|manifests)|.*\.(parquet|tap|zst|bin))$/;

/** Files of the repository, named from its root; recorded runs and others' manifests left out. */
export function repositoryFiles(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (skipped.test(relative(root, path))) return [];
      return entry.isDirectory() ? repositoryFiles(path) : [relative(root, path)];
    })
    .sort();
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** A TypeScript or JavaScript file of `harness/`. */
export interface Source {
  /** From the repository's root: `harness/judge/judge.ts`. */
  readonly path: string;
  readonly text: string;
  /** Without comments. */
  readonly code: string;
  /** Tests and what only tests use: `*.test.ts`, `testing.ts`, `*.testing.ts`. */
  readonly isTest: boolean;
  readonly imports: readonly Import[];
  /** Files of the repository that it names by path: scripts and processes that it starts. */
  readonly names: readonly string[];
}

/** One `from '...'`, be it of a type or of a value. */
interface Import {
  /** `node:fs`, `zod`, or a file's path from the repository's root. */
  readonly to: string;
  readonly isFile: boolean;
}

const importForms = [
  /^(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'/gm,
  /^import\s*'([^']+)'/gm,
  /\bimport\(\s*'([^']+)'/g,
];

export const sources: readonly Source[] = repositoryFiles()
  .filter((path) => path.startsWith('harness/') && /\.(ts|js)$/.test(path))
  .map(readSource);

function readSource(path: string): Source {
  const text = read(path);
  const code = withoutComments(text);
  return {
    path,
    text,
    code,
    isTest: /\.test\.ts$|testing\.ts$/.test(path),
    imports: importsOf(path, code),
    names: namesIn(path, code),
  };
}

/**
 * Comments that stand on lines of their own, or behind a blank: enough for code that biome formats.
 */
function withoutComments(text: string): string {
  return text.replace(/\/\*\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function importsOf(path: string, code: string): Import[] {
  return importForms
    .flatMap((form) => [...code.matchAll(form)].map((match) => match[1] ?? ''))
    .map((to) =>
      to.startsWith('.')
        ? { to: relative(root, join(root, dirname(path), to)), isFile: true }
        : { to, isFile: false },
    );
}

/** `join(import.meta.dirname, '..', 'tap', 'entry.ts')` names a file. */
function namesIn(path: string, code: string): string[] {
  const forms = code.matchAll(/\bimport\.meta\.dirname,\s*((?:'[^']+',?\s*)+)\)/g);
  return [...forms].map(([, parts = '']) =>
    relative(
      root,
      join(root, dirname(path), ...[...parts.matchAll(/'([^']+)'/g)].map((m) => m[1] ?? '')),
    ),
  );
}

/** `harness/judge/checks/lost.ts` is of `judge`; a file directly in `harness/` of `(root)`. */
export function folderOf(path: string): string {
  const [, first = '', ...rest] = path.split('/');
  return rest.length > 0 ? first : '(root)';
}

/** Whether a script outside of the sources, such as k6's, imports the file beside it. */
export const isImportedBy = (path: string, script: string): boolean =>
  importsOf(script, withoutComments(read(script))).some(({ to, isFile }) => isFile && to === path);

/** Everything that is reached from some files by imports and by names, those files among it. */
export function reachedFrom(entries: readonly string[]): Set<string> {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { to, isFile } of byPath.get(path)?.imports ?? []) if (isFile) visit(to);
    for (const name of byPath.get(path)?.names ?? []) visit(name);
  };
  for (const entry of entries) visit(entry);
  return reached;
}

/**
 * Comments that are too long. Code is the formatter's: what it leaves longer than its limit is a
 * text, a pattern or a template, which can't be broken.
 */
export function longComments(text: string, limit: number): number[] {
  const comment = /^\s*(?:\/\/|\/?\*)|\s\/\/ [^'"`]*$/;
  return text
    .split('\n')
    .flatMap((line, i) => (line.length > limit && comment.test(line) ? [i + 1] : []));
}

const fence = /^```[\s\S]*?^```/gm;

/** A Markdown text in whose fenced code no comment looks like a heading. */
export const withCommentsIndented = (markdown: string): string =>
  markdown.replace(fence, (code) => code.replace(/^#/gm, ' #'));

/** Relative links of a Markdown text, without fragments; code is passed over. */
export function relativeLinks(markdown: string): string[] {
  const prose = markdown.replace(fence, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => (match[1] ?? '').replace(/#.*$/, ''))
    .filter((link) => link !== '' && !/^[a-z]+:/.test(link));
}

/**
 * Files that import each other in a circle, one list a circle; type imports count. By Tarjan's
 * strongly connected components.
 */
export function importCircles(
  importsOf: ReadonlyMap<string, readonly string[]>,
): readonly string[][] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (path: string): number => {
    const own = order.size;
    order.set(path, own);
    open.push(path);
    let low = own;
    for (const to of importsOf.get(path) ?? []) {
      const seen = order.get(to);
      if (seen === undefined && importsOf.has(to)) low = Math.min(low, visit(to));
      else if (seen !== undefined && open.includes(to)) low = Math.min(low, seen);
    }
    if (low === own) {
      const circle = open.splice(open.indexOf(path));
      const isOwn = importsOf.get(path)?.includes(path);
      if (circle.length > 1 || isOwn) circles.push(circle);
    }
    return low;
  };
  for (const path of importsOf.keys()) if (!order.has(path)) visit(path);
  return circles;
}
