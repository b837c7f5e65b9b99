import { expect, it } from 'vitest';
import { renderJson } from './json.ts';
import { verdict } from './testing.ts';

it('is the verdict, but for its secrets', () => {
  const one = verdict();
  expect(JSON.parse(renderJson(one))).toEqual(one);
  const text = renderJson(verdict({ fidelity: ['Authorization: Bearer abc.def-123456'] }));
  expect(JSON.parse(text).fidelity).toEqual(['Authorization: Bearer (hidden)']);
});
