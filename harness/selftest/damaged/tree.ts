import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  Scalar,
} from 'yaml';
import type { Random } from '../../plan/random.ts';
import { type Damage, oneOf } from './bytes.ts';

/** Where a value stands: what puts another there, and what takes it out. */
interface Slot {
  readonly value: unknown;
  readonly pair: Pair | undefined;
  readonly put: (value: unknown) => void;
  readonly takeOut: () => void;
  readonly repeat: (times: number) => void;
}

function slotsOf(document: Document): Slot[] {
  const slots: Slot[] = [];
  const visit = (node: unknown): void => {
    if (isMap(node)) {
      for (const pair of node.items) {
        slots.push({
          value: pair.value,
          pair,
          put: (value) => {
            pair.value = value;
          },
          takeOut: () => node.items.splice(node.items.indexOf(pair), 1),
          repeat: (times) => {
            for (let i = 0; i < times; i++) {
              node.items.push(document.createPair(`${String(pair.key)}-${i}`, pair.value));
            }
          },
        });
        visit(pair.value);
      }
    } else if (isSeq(node)) {
      node.items.forEach((value, i) => {
        slots.push({
          value,
          pair: undefined,
          put: (other) => {
            node.items[i] = other;
          },
          takeOut: () => node.items.splice(i, 1),
          repeat: (times) => {
            for (let n = 0; n < times; n++) node.items.push(value);
          },
        });
        visit(value);
      });
    }
  };
  visit(document.contents);
  return slots;
}

/** Does something to one place of the text's tree, and writes the tree again. */
const onTree =
  (change: (slot: Slot, stream: Random, document: Document, all: Slot[]) => void): Damage =>
  (text, stream) => {
    const parsed = parseAllDocuments(text);
    const documents = Array.isArray(parsed) ? parsed : [];
    const document = oneOf(documents, stream);
    const slots = slotsOf(document);
    const slot = oneOf(slots, stream);
    const inner = isScalar(slot.value) ? slot.value.value : undefined;
    // A configuration inside a ConfigMap is a tree of its own.
    if (typeof inner === 'string' && inner.includes('\n') && stream.below(8) > 0) {
      const changed = new Scalar(String(onTree(change)(inner, stream)));
      changed.type = 'BLOCK_LITERAL';
      slot.put(changed);
    } else change(slot, stream, document, slots);
    return documents.map((one) => one.toString({ verifyAliasOrder: false })).join('---\n');
  };

/** As it is written: no text in quotes, no number of JavaScript's. */
function plain(written: string): Scalar {
  const scalar = new Scalar(written);
  scalar.type = 'PLAIN';
  return Object.assign(scalar, { value: rawOf(written), source: written });
}
const rawOf = (written: string): unknown =>
  /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(written) ? Number(written) : written;

const others: readonly unknown[] = [
  [],
  {},
  [[]],
  [null],
  { a: { b: [1] } },
  null,
  true,
  false,
  0,
  1,
  '',
  ' ',
  'x',
  'a b',
  '\x24{env:X}',
  new Date(0),
];

const numbers = [
  0,
  -0,
  -1,
  1,
  1.5,
  -1e9,
  1e9,
  1e15,
  2 ** 53,
  2 ** 64,
  1e308,
  -1e308,
  5e-324,
  1e-9,
  65_536,
  4e9,
];
const numberWords = [
  '.nan',
  '.inf',
  '-.inf',
  '1e400',
  '0x7fffffff',
  '0o777',
  '1_000',
  '+1',
  '.5',
  '5.',
];

const units =
  `1000h 1000000h 9999999999999h 0s -5s 5 1e3s 1ns 0.000001ns 10s10s 1d 5S ∞ 1Ei 9Ei 100Pi
1e30 500n 12u 1e3Ki -1Gi 0 0Mi 1.5Gi .5Gi 1E 1m 0% -1% 100% 100.0001% 1e2% NaN% 0.0000001%
1000000000/s 99999999999999/s 0.00001/s 0/s -1/s 1e9/s 3/m`.split(/\s/);

const words =
  `__proto__ constructor toString hasOwnProperty valueOf prototype ../../etc/passwd /dev/zero
/proc/self/root . .. * -- $(reboot) ; null true 1 \x24{env:PATH} gateway/99999999999
gateway/* OpenTelemetryCollector Deployment DaemonSet StatefulSet List Pod ConfigMap
Secret Service constructor/gateway`.split(/\s/);

/** What a slip of the hand, a wrong tool or bad intent does to the tree of a file. */
export const treeDamages = {
  type: onTree((slot, stream, document) => slot.put(document.createNode(oneOf(others, stream)))),
  'key-gone': onTree((slot) => slot.takeOut()),
  'key-changed': onTree((slot, stream, document) => {
    const { pair } = slot;
    if (!pair) return slot.takeOut();
    const letters = String(pair.key);
    const at = stream.below(letters.length);
    const misspelt = letters.slice(0, at) + letters.slice(at + 1);
    const key = stream.below(2) === 0 ? misspelt : oneOf(words, stream);
    pair.key = document.createNode(key);
  }),
  'strange-key': onTree(({ pair }, stream, document) => {
    const keys: unknown[] = [null, [1, 2], { a: 1 }, 1, true, '', 'a\nb', '\u202ex'];
    if (pair) pair.key = document.createNode(oneOf(keys, stream));
  }),
  'more-keys': onTree(({ repeat }, stream) => repeat(1 + stream.below(3))),
  number: onTree((slot, stream) => slot.put(new Scalar(oneOf(numbers, stream)))),
  'number-word': onTree((slot, stream) => {
    const scalar = plain(oneOf(numberWords, stream));
    slot.put(scalar);
  }),
  unit: onTree((slot, stream, document) => slot.put(document.createNode(oneOf(units, stream)))),
  'unit-for-unit': onTree((_, stream, document, all) => {
    const withUnit = all.filter(
      ({ value }) => isScalar(value) && /^"?\d.*(s|m|h|%|i|\/s)?"?$/.test(String(value.value)),
    );
    const slot = oneOf(withUnit.length > 0 ? withUnit : all, stream);
    const of = stream.below(4) ? units : numbers;
    slot.put(document.createNode(oneOf<string | number>(of, stream)));
  }),
  word: onTree((slot, stream, document) => slot.put(document.createNode(oneOf(words, stream)))),
  moved: onTree((slot, stream, _, all) => {
    const { value } = oneOf(all, stream);
    // A copy: it may stand in what it is put into.
    slot.put(isNode(value) ? value.clone() : value);
  }),
  repeated: onTree((slot, stream) => slot.repeat(oneOf([1, 20, 300, 5_000], stream))),
  kind: onTree((_, stream, document, all) => {
    const slot = all.find(({ pair }) =>
      /^(kind|apiVersion|check|traces|host)$/.test(String(pair?.key)),
    );
    const put = (slot ?? oneOf(all, stream)).put;
    put(document.createNode(oneOf(words, stream)));
  }),
} as const satisfies Record<string, Damage>;
