import { createHmac } from 'node:crypto';
import type { SecretEntry } from './pipeline/secrets.ts';
import { createHiding, type HiddenForm } from './tap/hide.ts';

/** A shorter part of a base64 text would be met by chance. */
const shortestCore = 8;

/**
 * Digests of a run: as many letters as the text has bytes, so that lengths in a message still hold
 * and a YAML scalar stays a text. The same text has the same digest throughout a run.
 *
 * @param salt known to nobody once the run is over: without it a short value could be guessed
 */
const createDigest =
  (salt: Buffer) =>
  (text: string): string => {
    const length = Buffer.byteLength(text);
    let letters = '';
    for (let part = 0; letters.length < length; part++) {
      const bytes = createHmac('sha256', salt).update(`${part}:${text}`).digest();
      letters += [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('');
    }
    return letters.slice(0, length);
  };

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const pair = (form: string, shown: string): HiddenForm => ({
  form: Buffer.from(form).toString('base64'),
  shown,
});

/**
 * In which forms the values of Secrets can be met, and what is written in place of each: as they
 * are, as JSON and URLs escape them, and as base64, also where something was put before them
 * (`user:password`).
 */
export function hiddenForms(entries: readonly SecretEntry[], salt: Buffer): HiddenForm[] {
  const digest = createDigest(salt);
  const values = [...new Set(entries.flatMap((entry) => entry.values))];
  const forms = values.flatMap((value) => formsOf(value, digest));
  const hiding = createHiding(forms);
  const encoded = entries.flatMap(({ encoded: written, values: own }) =>
    written === undefined || own.length === 0 ? [] : encodedForms(written, hiding.bytes),
  );
  return [...forms, ...encoded];
}

function formsOf(value: string, digest: (text: string) => string): HiddenForm[] {
  const shown = digest(value);
  const escaped = [JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];
  const cores = [0, 1, 2].flatMap((before): (readonly [string, string])[] => {
    const core = base64Core(value, before);
    if (core.length < shortestCore) return [];
    const shownCore = base64Core(shown, before);
    return [
      [core, shownCore],
      [forUrls(core), shownCore],
    ];
  });
  const pairs = new Map<string, string>([
    ...escaped.map((text) => [text, digest(text)] as const),
    ...cores,
    [value, shown],
  ]);
  return [...pairs].map(([form, instead]) => pair(form, instead));
}

const forUrls = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

/** The letters of a base64 text that a value alone decides, with so many bytes before it. */
function base64Core(value: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
  const [from, to] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
  return bytes.toString('base64').slice(from, to);
}

/** A Secret's `data`, which may be written on several lines. */
function encodedForms(written: string, hide: (bytes: Buffer) => Buffer): HiddenForm[] {
  const plain = Buffer.from(written, 'base64');
  const shown = hide(plain).toString('base64');
  if (plain.toString('base64') === shown) return [];
  let at = 0;
  return written.split(/\s+/).flatMap((part) => {
    const instead = shown.slice(at, at + part.length).padEnd(part.length, '=');
    at += part.length;
    return part === '' ? [] : pair(part, instead);
  });
}
