import { redact } from './redact.ts';

/** Text that is HTML already. Everything else is escaped when it is put into some. */
export interface Markup {
  readonly markup: string;
}

type Piece = string | number | undefined | Markup | readonly Markup[];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text for HTML or XML, between tags or in a quoted attribute; secrets are hidden in it. */
export const escapeText = (text: string): string =>
  redact(text).replace(/[&<>"']/g, (letter) => escapes[letter] ?? letter);

/** Builds markup from a template: what is put into it is escaped unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const parts = strings.map((text, i) => text + (i < pieces.length ? markupOf(pieces[i]) : ''));
  return { markup: parts.join('') };
}

function markupOf(piece: Piece): string {
  if (piece === undefined) return '';
  if (typeof piece === 'string') return escapeText(piece);
  if (typeof piece === 'number') return String(piece);
  if ('markup' in piece) return piece.markup;
  return piece.map(({ markup }) => markup).join('\n');
}

export const nothing: Markup = { markup: '' };

/** Marks a text as HTML that this program wrote itself: styles, scripts. */
export const verbatim = (markup: string): Markup => ({ markup });
