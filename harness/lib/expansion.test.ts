import { describe, expect, it } from 'vitest';
import { withVariables } from './expansion.ts';

describe('variables in a text', () => {
  const lookUp = (name: string) => ({ HOST: 'tempo', EMPTY: '' })[name];
  it.each([
    [`\${env:HOST}:4317`, 'tempo:4317'],
    [`http://\${HOST}:1/\${env:HOST}`, 'http://tempo:1/tempo'],
    [`\${env:NONE:-loki}:3100`, 'loki:3100'],
    [`\${env:HOST:-loki}`, 'tempo'],
    [`\${env:EMPTY}x`, 'x'],
    [`\${env:NONE}:4317`, `\${env:NONE}:4317`],
    [`$\${env:HOST}`, `$\${env:HOST}`],
    [`\${file:/HOST}`, `\${file:/HOST}`],
  ])('%s is %s', (written, expected) => {
    expect(withVariables(written, lookUp)).toBe(expected);
  });
});
