import { describe, expect, it } from 'vitest';
import { expandProvisioned } from './expand.ts';
import { linksOf } from './golden.testing.ts';

/** As it is written in a file: in braces. */
const braced = (name: string): string => `$\{${name}}`;
const traceId = braced('__span.traceId');

/**
 * `F` is pkg/services/provisioning/values/values_test.go at 01f0b25e, with the name of the test.
 */
describe('a provisioned text', () => {
  it.each([
    ['F: Should unmarshal simple string', 'test', 'test', []],
    ['F: Should unmarshal env var', '$STRING', '', ['$STRING']],
    ['F: $$ should be a literal $', '$$', '$', []],
    ['F: not expanded within a string', 'mY,Passwo$$rd', 'mY,Passwo$rd', []],
    ['F: TestValues_readFile', '$__file{/a}', '', ['$__file{/a}']],
    ['a variable of Grafana', `|="${traceId}"`, '|=""', [traceId]],
    ['the same, escaped', `|="$${traceId}"`, `|="${traceId}"`, []],
    ['three', `$$${braced('x')}`, '$', [braced('x')]],
    ['at the end', 'a.+$', 'a.+$', []],
    ['of a shell', 'a$1b', 'ab', ['$1']],
    ['of no name', `a${braced('')}b`, 'ab', []],
  ])('%s', (_, written, value, variables) => {
    expect(expandProvisioned(written)).toEqual({ value, variables });
  });

  it('tells where', () => {
    const derivedFields = [{ name: 'a', url: braced('__value.raw') }];
    const [expanded] = linksOf({ loki: { derivedFields } }).expanded;
    expect(expanded).toMatchObject({ dataSource: 'loki', written: braced('__value.raw') });
  });
});
