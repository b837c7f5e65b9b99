import { createHash } from 'node:crypto';
import { goRegExp } from '../lib/go-regexp.ts';
import { prefersShort } from '../lib/go-replace.ts';
import { list, number, object, text, texts } from './read.ts';

export type Labels = Readonly<Record<string, string>>;

/** What rules make of a set of labels: others, nothing (by which rule), or who knows what. */
export type Relabelled =
  | { readonly labels: Labels }
  | { readonly droppedBy: number }
  | { readonly unmodelled: number };

interface Rule {
  readonly action: string;
  readonly regex: RegExp;
  readonly replacement: string;
  readonly target: string;
  readonly modulus: number;
  /** The values of its source labels, joined. */
  readonly sourceOf: (labels: Labels) => string;
}

/**
 * Applies `relabel_configs` or `metric_relabel_configs` one after the other, as Prometheus does
 * (prometheus v0.311, model/relabel/relabel.go, relabel), which the receiver is built of. What an
 * expression means that can't be said exactly here is not modelled.
 */
export function relabel(labels: Labels, written: unknown): Relabelled {
  let current: Labels = labels;
  for (const [index, one] of list(written).entries()) {
    const rule = readRule(object(one));
    const next = rule && applyRule(rule, current);
    if (next === undefined) return { unmodelled: index };
    if (next === 'dropped') return { droppedBy: index };
    current = next;
  }
  return { labels: current };
}

function readRule(written: Readonly<Record<string, unknown>>): Rule | undefined {
  const regex = expressionOf(text(written.regex) ?? '(.*)');
  const replacement = unescaped(text(written.replacement) ?? '$1');
  const target = unescaped(text(written.target_label) ?? '');
  if (!regex || replacement === undefined || target === undefined) return undefined;
  const sources = texts(written.source_labels);
  const separator = text(written.separator) ?? ';';
  return {
    action: (text(written.action) ?? 'replace').toLowerCase(),
    regex,
    replacement,
    target,
    modulus: number(written.modulus) ?? 0,
    sourceOf: (labels) => sources.map((name) => labels[name] ?? '').join(separator),
  };
}

/** The collector takes `$$` for a dollar, and what is in `${}` from its environment. */
const unescaped = (written: string): string | undefined =>
  /(^|[^$])(\$\$)*\$\{/.test(written) ? undefined : written.replaceAll('$$', '$');

/** Anchored at both ends, the dot for line ends too (relabel.go, NewRegexp). */
function expressionOf(written: string): RegExp | undefined {
  const plain = unescaped(written);
  return plain === undefined || prefersShort.test(plain) ? undefined : goRegExp(`^(?s:${plain})$`);
}

function applyRule(rule: Rule, labels: Labels): Labels | 'dropped' | undefined {
  const { action, regex, target, sourceOf } = rule;
  const value = sourceOf(labels);
  switch (action) {
    case 'keep':
      return regex.test(value) ? labels : 'dropped';
    case 'drop':
      return regex.test(value) ? 'dropped' : labels;
    case 'keepequal':
      return (labels[target] ?? '') === value ? labels : 'dropped';
    case 'dropequal':
      return (labels[target] ?? '') === value ? 'dropped' : labels;
    case 'replace':
      return replaced(rule, labels, value);
    case 'lowercase':
      return withLabel(labels, target, value.toLowerCase());
    case 'uppercase':
      return withLabel(labels, target, value.toUpperCase());
    case 'hashmod':
      return withLabel(labels, target, String(hashOf(value) % BigInt(rule.modulus || 1)));
    case 'labelmap':
      return mapped(rule, labels);
    case 'labeldrop':
      return filtered(labels, (name) => !regex.test(name));
    case 'labelkeep':
      return filtered(labels, (name) => regex.test(name));
    default:
      return undefined;
  }
}

function replaced({ regex, target, replacement }: Rule, labels: Labels, value: string): Labels {
  const match = regex.exec(value);
  if (!match) return labels;
  const name = expanded(target, match);
  return name === '' ? labels : withLabel(labels, name, expanded(replacement, match));
}

function mapped({ regex, replacement }: Rule, labels: Labels): Labels {
  return Object.entries(labels).reduce((all, [name, value]) => {
    const match = regex.exec(name);
    return match ? withLabel(all, expanded(replacement, match), value) : all;
  }, labels);
}

const filtered = (labels: Labels, stays: (name: string) => boolean): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => stays(name)));

/** A label without a value is none. */
const withLabel = (labels: Labels, name: string, value: string): Labels => {
  const others = filtered(labels, (own) => own !== name);
  return value === '' ? others : { ...others, [name]: value };
};

/** `$1`, `${1}`, `$name`: as long a name as there is (Go's regexp, Expand). */
const expanded = (template: string, match: RegExpExecArray): string =>
  template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return whole === '$$' ? '$' : '';
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  });

/** The last eight bytes of its MD5 (relabel.go, HashMod). */
const hashOf = (value: string): bigint =>
  createHash('md5').update(value).digest().readBigUInt64BE(8);
