/**
 * Puts digests in the place of what must not be written down. Pure, and it imports nothing: the
 * tap's folder goes into a container of its own.
 */

/** What is not written down, and what is in its place: as many bytes. Plain data. */
export interface HiddenForm {
  /** The bytes, as base64. */
  readonly form: string;
  readonly shown: string;
}

export interface Hiding {
  /** Nothing is hidden: whoever handles much data need not look at it. */
  readonly isIdle: boolean;
  /** The bytes themselves where there is nothing to hide, else a changed copy of that length. */
  bytes(bytes: Buffer): Buffer;
  text(text: string): string;
  /** Hides in a stream of lines. A line that is longer than a megabyte is handed on in parts. */
  lines(): LineHiding;
}

export interface LineHiding {
  /** What of the piece, and of what was held back before, can be written by now. */
  next(piece: Buffer): Buffer;
  /** What is still held back. */
  rest(): Buffer;
}

const longestLineBytes = 1 << 20;
const lineEnd = 0x0a;

/** @param forms each replaced wherever it stands; a longer one before those that it contains */
export function createHiding(forms: readonly HiddenForm[]): Hiding {
  const pairs = forms
    .map(({ form, shown }) => [Buffer.from(form, 'base64'), Buffer.from(shown)] as const)
    .filter(([form, shown]) => form.length > 0 && form.length === shown.length)
    .sort(([a], [b]) => b.length - a.length);
  const hide = (bytes: Buffer): Buffer => {
    let hidden = bytes;
    for (const [form, shown] of pairs) {
      for (let at = hidden.indexOf(form); at >= 0; at = hidden.indexOf(form, at + form.length)) {
        if (hidden === bytes) hidden = Buffer.from(bytes);
        shown.copy(hidden, at);
      }
    }
    return hidden;
  };
  const longest = pairs[0]?.[0].length ?? 0;
  return {
    isIdle: pairs.length === 0,
    bytes: hide,
    text: (text) => (pairs.length === 0 ? text : hide(Buffer.from(text)).toString('utf8')),
    lines: () => createLineHiding(hide, longest),
  };
}

/** No form holds the end of a line. */
function createLineHiding(hide: Hiding['bytes'], longest: number): LineHiding {
  let held: Buffer = Buffer.alloc(0);
  return {
    next: (piece) => {
      const bytes = Buffer.concat([held, piece]);
      const whole = bytes.lastIndexOf(lineEnd) + 1;
      if (bytes.length - whole <= longestLineBytes) {
        held = bytes.subarray(whole);
        return hide(bytes.subarray(0, whole));
      }
      // Of a line without end, a form may have begun in the last bytes.
      const hidden = hide(bytes);
      held = hidden.subarray(bytes.length - longest);
      return hidden.subarray(0, bytes.length - longest);
    },
    rest: () => {
      const rest = hide(held);
      held = Buffer.alloc(0);
      return rest;
    },
  };
}
