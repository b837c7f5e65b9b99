import { expect, it } from 'vitest';
import { cleanPath } from './clean-path.ts';

it.each([
  ['/conf/', '/conf'],
  ['/conf//a.yaml', '/conf/a.yaml'],
  ['/conf/../etc/./a.yaml', '/etc/a.yaml'],
  ['///conf/a.yaml', '/conf/a.yaml'],
  ['conf/a.yaml', '/conf/a.yaml'],
  ['/../../a', '/a'],
  ['/', '/'],
])('takes %s for %s', (written, clean) => {
  expect(cleanPath(written)).toBe(clean);
});
