import { describe, expect, it } from 'vitest';
import { html, verbatim } from './markup.ts';

describe('html', () => {
  it('escapes what is put in, in text and in attributes', () => {
    const evil = `"><script>alert('1 & 2')</script>`;
    const { markup } = html`<p title="${evil}">${evil}</p>`;
    const safe = '&quot;&gt;&lt;script&gt;alert(&#39;1 &amp; 2&#39;)&lt;/script&gt;';
    expect(markup).toBe(`<p title="${safe}">${safe}</p>`);
  });

  it('takes markup and lists of it as they are, and nothing for undefined', () => {
    const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}</ul>${undefined}${verbatim('<hr>')}${3}`.markup).toBe(
      '<ul><li>a</li>\n<li>&lt;b&gt;</li></ul><hr>3',
    );
  });

  it('hides secrets', () => {
    expect(html`${'password=hunter2'}`.markup).toBe('password=(hidden)');
  });
});
