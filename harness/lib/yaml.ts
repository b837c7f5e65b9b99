import {
  Composer,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  type ScalarTag,
  visit,
  type YAMLMap,
} from 'yaml';
import { messageOf, type Place, type Problem } from './errors.ts';

/** A YAML document that remembers where each value stands. */
export interface LocatedDocument {
  readonly file: string;
  readonly value: unknown;
  /** Where the value at `path` stands; the nearest ancestor's place where it does not exist. */
  place(path: readonly PropertyKey[]): Place;
  /**
   * Where a line and column of the text at `path` stand, both from 1: exact for a literal (`|`),
   * else where the text begins.
   */
  placeInside(path: readonly PropertyKey[], line: number, column: number): Place;
  /** Where the key at `path` stands (a misspelt key is reported there). */
  keyPlace(path: readonly PropertyKey[]): Place;
}

export interface ParsedYaml {
  readonly documents: readonly LocatedDocument[];
  readonly problems: readonly Problem[];
}

type Lookup = { offset: number; keyOffset: number };

/** By key, the first of each: to look through thousands of them for each of them takes seconds. */
const pairsByKey = new WeakMap<YAMLMap, Map<string, Pair>>();

function pairAt(map: YAMLMap, key: string): Pair | undefined {
  const known = pairsByKey.get(map);
  if (known) return known.get(key);
  const pairs = new Map<string, Pair>();
  for (const pair of [...map.items].reverse()) {
    if (isScalar(pair.key)) pairs.set(String(pair.key.value), pair);
  }
  pairsByKey.set(map, pairs);
  return pairs.get(key);
}

function lookup(document: Document, path: readonly PropertyKey[]): Lookup {
  let node: unknown = document.contents;
  let found: Lookup = offsetsOf(node, { offset: 0, keyOffset: 0 });
  for (const step of path) {
    if (isMap(node)) {
      const pair = pairAt(node, String(step));
      if (!pair) return found;
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

/** A mistake of the text, by its offset. */
interface Flaw {
  readonly offset: number;
  readonly message: string;
}

/** One wrong indent is misread for the rest of the file: only so many errors say anything. */
const mostErrors = 5;

/** The first error of each line, at most `mostErrors` of them, and how many follow. */
function shortened(problems: readonly Problem[]): Problem[] {
  const firsts = problems.filter(
    ({ place }, i) => problems.findIndex((other) => other.place.line === place.line) === i,
  );
  const rest = firsts[mostErrors];
  if (!rest) return firsts;
  const more = `and ${problems.length - mostErrors} more that follow from it`;
  return [...firsts.slice(0, mostErrors), { place: rest.place, message: `YAML: ${more}` }];
}

/**
 * What the library does not say with its place: keys that a mapping has twice (it compares each
 * with each, which takes minutes for a large one), aliases of nothing, and of what they stand in.
 */
function flawsOf(document: Document): Flaw[] {
  const flaws: Flaw[] = [];
  const found = ({ range }: Node, message: string): void => {
    flaws.push({ offset: range?.[0] ?? 0, message });
  };
  const anchors = new Set<string>();
  visit(document, {
    Node: (_, node, path) => {
      if (!isAlias(node)) {
        if (node.anchor) anchors.add(node.anchor);
        if (isMap(node)) checkKeys(node, found);
      } else if (!anchors.has(node.source)) {
        found(node, `the alias *${node.source} has no anchor &${node.source} before it`);
      } else if (path.some((outer) => isCollection(outer) && outer.anchor === node.source)) {
        found(node, `the alias *${node.source} stands in what it means`);
      }
    },
  });
  return flaws.sort((a, b) => a.offset - b.offset);
}

function checkKeys(map: YAMLMap, found: (node: Node, message: string) => void): void {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    if (isCollection(key)) found(key, 'a list or mapping stands here as a key, expected a text');
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (seen.has(name)) found(key, `the key "${name}" stands here twice`);
    seen.add(name);
  }
}

/** Where the text begins that the library finds unclosed at its end. */
function opened(document: Document, { pos, message }: { pos: readonly number[]; message: string }) {
  let [offset = 0] = pos;
  if (!message.startsWith('Missing closing')) return offset;
  visit(document, {
    Scalar: (_, { type, range }) => {
      const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
      if (!isQuoted || !range || range[0] > offset || range[1] < offset) return undefined;
      offset = range[0];
      return visit.BREAK;
    },
  });
  return offset;
}

/** The document's value, or why it has none. */
function readDocument(document: Document): { value: unknown } | { flaws: readonly Flaw[] } {
  const { errors, contents } = document;
  if (errors.length > 0) {
    const flaws = errors.map((error) => ({
      offset: opened(document, error),
      message: error.message,
    }));
    return { flaws };
  }
  try {
    const flaws = flawsOf(document);
    if (flaws.length > 0) return { flaws };
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    // Too many aliases, or nested too deeply.
    return { flaws: [{ offset: contents?.range?.[0] ?? 0, message: messageOf(error) }] };
  }
}

/** No file that a person wrote is as deep; one that is exhausts the stack of whoever reads it. */
const mostLevels = 100;
/**
 * Reading takes some 3 us for each word and sign, whatever it says: more of them would hold up who
 * waits for a run. All resource definitions of an operator together have a third of that.
 */
const mostTokens = 500_000;

/** `1_000_000`, which Kubernetes and the collector take for a number (go-yaml, resolve.go). */
const grouped: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?[0-9]+(?:_[0-9]+)+$/,
  resolve: (written) => Number(written.replaceAll('_', '')),
};

/** The documents before a place at which reading has to stop, and that place. */
function composed(text: string, lines: LineCounter): { documents: Document[]; stop?: Flaw } {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let stop: Flaw | undefined;
  function* tokens() {
    let count = 0;
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      if (parser.stack.length > mostLevels) {
        stop = { offset: parser.offset, message: `nested more than ${mostLevels} levels deep` };
        return;
      }
      count++;
      if (count > mostTokens) {
        const message = `more than ${mostTokens} words and signs in one file. Hint: split it`;
        stop = { offset: parser.offset, message };
        return;
      }
    }
    yield* parser.end();
  }
  const options = {
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error' as const,
    merge: true,
    customTags: [grouped],
  };
  const documents = Array.from(new Composer(options).compose(tokens()));
  return { documents, ...(stop === undefined ? {} : { stop }) };
}

/** How far a literal block is indented; undefined for texts that are written otherwise. */
function indentOfLiteral(node: unknown, text: string): number | undefined {
  if (!isScalar(node) || node.type !== 'BLOCK_LITERAL' || !node.range) return undefined;
  const written = text.slice(node.range[0], node.range[1]).split('\n').slice(1);
  const value = String(node.value).split('\n');
  const first = value.findIndex((line) => line.trim() !== '');
  const [before = '', inside = ''] = [written[first], value[first]];
  return Math.max(0, before.length - inside.length);
}

/**
 * Parses every document of a YAML text. Syntax errors come back as problems with their place;
 * empty documents are left out.
 */
export function parseYaml(file: string, text: string): ParsedYaml {
  const lines = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: Problem[] = [];
  const documents: LocatedDocument[] = [];
  const { documents: parsed, stop } = composed(text, lines);
  if (stop) problems.push({ place: at(stop.offset), message: `YAML: ${stop.message}` });
  for (const document of parsed) {
    const read = readDocument(document);
    if ('flaws' in read) {
      for (const { offset, message } of read.flaws) {
        problems.push({ place: at(offset), message: `YAML: ${message}` });
      }
    } else if (document.contents !== null) {
      documents.push({
        file,
        value: read.value,
        place: (path) => at(lookup(document, path).offset),
        placeInside: (path, line, column) => {
          const begins = at(lookup(document, path).offset);
          const indent = indentOfLiteral(document.getIn(path, true), text);
          if (indent === undefined) return begins;
          return { file, line: begins.line + line, column: indent + column };
        },
        keyPlace: (path) => at(lookup(document, path).keyOffset),
      });
    }
  }
  return { documents, problems: shortened(problems) };
}
