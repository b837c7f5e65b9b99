import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { encodeWord, librariesIn } from './pod-base.ts';

describe('the libraries that ldd lists', () => {
  it('of glibc: the loader by its path, the kernel’s own left out', () => {
    const listed = `/usr/bin/setpriv:
\tlinux-vdso.so.1 (0x00007f185ac94000)
\tlibcap-ng.so.0 => /lib/x86_64-linux-gnu/libcap-ng.so.0 (0x00007f185ac67000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f185ac96000)
`;
    expect(librariesIn(listed)).toEqual([
      ['/lib/x86_64-linux-gnu/libcap-ng.so.0', 'libcap-ng.so.0'],
      ['/lib64/ld-linux-x86-64.so.2', 'loader'],
    ]);
  });

  it('of musl: the loader is the C library too', () => {
    const listed = `\t/lib/ld-musl-x86_64.so.1 (0x7f0a)
\tlibc.musl-x86_64.so.1 => /lib/ld-musl-x86_64.so.1 (0x7f0a)
`;
    expect(librariesIn(listed)).toEqual([
      ['/lib/ld-musl-x86_64.so.1', 'loader'],
      ['/lib/ld-musl-x86_64.so.1', 'libc.musl-x86_64.so.1'],
    ]);
  });

  it('of programs without any', () => {
    expect(librariesIn('\tnot a dynamic executable\n')).toEqual([]);
  });
});

it.each(['plain', 'A=b c', 'two\nlines\n', '\\0012', "'$(touch x)`; \u{1f600}"])(
  'a word comes out of the shell as it went in: %j',
  (word) => {
    const encoded = encodeWord(word);
    expect(encoded).not.toMatch(/[\n\s]/);
    expect(execFileSync('printf', ['%b', encoded], { encoding: 'utf8' })).toBe(word);
  },
);
