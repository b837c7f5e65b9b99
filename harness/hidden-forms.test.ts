import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hiddenForms } from './hidden-forms.ts';
import { createHiding } from './tap/hide.ts';

const key = 'sk/live+4242"Zürich';
const entry = { name: 'k', plain: key, encoded: undefined, values: [key] };
const hidingOf = (salt = randomBytes(32)) => createHiding(hiddenForms([entry], salt));
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('hiddenForms', () => {
  it.each<[string, string]>([
    ['as it is', `api-key: ${key}.`],
    ['in JSON', JSON.stringify({ key })],
    ['in a URL', `/v1/traces?key=${encodeURIComponent(key)}&a=b`],
    ['as base64', base64(key)],
    ['as base64 behind a user', base64(`me:${key}`)],
    ['as base64 behind another user', base64(`you:${key}`)],
    ['as base64 behind no user', base64(`:${key}:`)],
    ['as base64 for URLs', Buffer.from(key).toString('base64url')],
  ])('hide a value %s, in as many bytes', (_, text) => {
    const shown = hidingOf().text(text);
    expect(Buffer.byteLength(shown)).toBe(Buffer.byteLength(text));
    const decoded = Buffer.from(shown, 'base64').toString('latin1');
    for (const part of ['live', '4242', 'rich', base64(key).slice(4, 16)]) {
      expect(shown + decoded).not.toContain(part);
    }
  });

  it('are the same in one run, others in the next', () => {
    const salt = randomBytes(32);
    expect(hidingOf(salt).text(key)).toBe(hidingOf(salt).text(key));
    expect(hidingOf().text(key)).not.toBe(hidingOf().text(key));
  });

  it('keep what stands around a value that is written as base64 on several lines', () => {
    const encoded = `${base64(`user: ${key}\n`).slice(0, 12)}\n${base64(`user: ${key}\n`).slice(12)}`;
    const hiding = createHiding(hiddenForms([{ ...entry, encoded }], randomBytes(32)));
    const shown = Buffer.from(hiding.text(encoded), 'base64').toString('utf8');
    expect(shown).toMatch(/^user: [A-Za-z]+\n$/);
    expect(shown).toBe(hiding.text(`user: ${key}\n`));
  });
});
