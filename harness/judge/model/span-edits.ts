import { type Draft, mapOf, mayEdit } from '../../collector/draft.ts';
import { hasExpansion } from '../../lib/expansion.ts';
import { goRegExp } from '../../lib/go-regexp.ts';
import type { OtlpValue } from '../../lib/otlp/decode.ts';
import { object, text, texts } from '../../pipeline/read.ts';
import type { Component } from '../../pipeline/types.ts';

/** Whether a `span` processor is written so that it can be told what it changes. */
export const isModelledSpanEdit = ({ config }: Component): boolean => !hasExpansion(config);

/**
 * Renames a span and sets its status as `span` does (spanprocessor v0.152.0, span.go). Which spans
 * `include` and `exclude` mean is not modelled, nor what a rule's groups match.
 */
export function editSpan(draft: Draft, { config }: Component): void {
  const isSelective = config.include != null || config.exclude != null;
  if (isSelective) mayEdit(draft, (own) => edit(own, config));
  else edit(draft, config);
}

function edit(draft: Draft, config: Component['config']): void {
  const name = object(config.name);
  rename(draft, texts(name.from_attributes), text(name.separator) ?? '');
  const toAttributes = object(name.to_attributes);
  for (const rule of texts(toAttributes.rules)) {
    extract(draft, rule, toAttributes.keep_original_name === true);
  }
  const { code, description } = object(config.status);
  const number = ['Unset', 'Ok', 'Error'].indexOf(String(code));
  if (number < 0) return;
  draft.statusCode = number;
  draft.statusMessage = number === 2 ? (text(description) ?? '') : '';
  draft.uncertainFields.delete('status');
}

/** Where one of the attributes is not there, the name stays. */
function rename(draft: Draft, keys: readonly string[], separator: string): void {
  if (keys.length === 0) return;
  const { values, uncertain } = mapOf(draft, 'attributes');
  if (keys.some((key) => uncertain.has(key))) draft.uncertainFields.add('name');
  if (!keys.every((key) => Object.hasOwn(values, key)) || draft.uncertainFields.has('name')) return;
  const parts = keys.map((key) => asText(values[key] ?? null));
  if (parts.includes(undefined)) draft.uncertainFields.add('name');
  else draft.name = parts.join(separator);
}

function asText(value: OtlpValue): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return '<unknown-attribute-type>';
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

function extract(draft: Draft, rule: string, keepsName: boolean): void {
  const isOpen = draft.uncertainFields.has('name');
  if (!isOpen && draft.name === '') return;
  if (!isOpen && goRegExp(rule)?.test(draft.name) === false) return;
  for (const [, key = ''] of rule.matchAll(/\(\?P?<([^>]+)>/g)) draft.uncertainAttributes.add(key);
  if (!keepsName) draft.uncertainFields.add('name');
}
