import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
} from 'yaml';
import type { Place, Problem } from './errors.ts';

/** A YAML document that remembers where each value stands. */
export interface LocatedDocument {
  readonly file: string;
  readonly value: unknown;
  /** Where the value at `path` stands; the nearest ancestor's place where it does not exist. */
  place(path: readonly PropertyKey[]): Place;
  /** Where the key at `path` stands (a misspelt key is reported there). */
  keyPlace(path: readonly PropertyKey[]): Place;
}

export interface ParsedYaml {
  readonly documents: readonly LocatedDocument[];
  readonly problems: readonly Problem[];
}

type Lookup = { offset: number; keyOffset: number };

function lookup(document: Document, path: readonly PropertyKey[]): Lookup {
  let node: unknown = document.contents;
  let found: Lookup = offsetsOf(node, { offset: 0, keyOffset: 0 });
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(step));
      if (!pair || !isPair(pair)) return found;
      const keyOffset = isNode(pair.key) ? (pair.key.range?.[0] ?? found.offset) : found.offset;
      found = offsetsOf(pair.value, { offset: keyOffset, keyOffset });
      found = { offset: found.offset, keyOffset };
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      found = offsetsOf(node, found);
    } else return found;
  }
  return found;
}

function offsetsOf(node: unknown, otherwise: Lookup): Lookup {
  const offset = isNode(node) ? node.range?.[0] : undefined;
  return offset === undefined ? otherwise : { offset, keyOffset: offset };
}

/**
 * Parses every document of a YAML text. Syntax errors come back as problems with their place;
 * empty documents are left out.
 */
export function parseYaml(file: string, text: string): ParsedYaml {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: Problem[] = [];
  const documents: LocatedDocument[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    for (const error of document.errors) {
      problems.push({ place: at(error.pos[0]), message: `YAML: ${error.message}` });
    }
    if (document.errors.length > 0 || document.contents === null) continue;
    documents.push({
      file,
      value: document.toJS({ maxAliasCount: 100 }),
      place: (path) => at(lookup(document, path).offset),
      keyPlace: (path) => at(lookup(document, path).keyOffset),
    });
  }
  return { documents, problems };
}
