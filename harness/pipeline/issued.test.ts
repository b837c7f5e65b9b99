import { describe, expect, it } from 'vitest';
import { issuedKeyOf, issuedMark, marksIn, withoutMarks } from './issued.ts';

describe('marks of what is not made yet', () => {
  it('are found and replaced inside a text; of one that nobody makes it stays', () => {
    const mark = issuedMark('obs', 'gateway-tls', 'tls.crt');
    const text = `own\n${mark}\nissued://obs/other/ca.crt`;
    expect(marksIn(text)).toEqual([mark, 'issued://obs/other/ca.crt']);
    expect(withoutMarks(text, new Map([[mark, 'PEM']]))).toBe(
      'own\nPEM\nissued://obs/other/ca.crt',
    );
  });

  it.each([
    ['tls.crt', 'tls.crt'],
    ['server.pem', 'tls.crt'],
    ['tls.key', 'tls.key'],
    ['server-key.pem', 'tls.key'],
    ['ca.crt', 'ca.crt'],
    ['root-ca.pem', 'ca.crt'],
    ['api-key', undefined],
    ['config.yaml', undefined],
  ])('a file %s is %s of a pair', (file, key) => {
    expect(issuedKeyOf(file)).toBe(key);
  });
});
