import { expect, it } from 'vitest';
import { onNode } from './mounts.ts';

it('finds where a path of a container is on its node, by the deepest volume that holds it', () => {
  const mounts = [
    { destination: '/var', source: '/pods/u/var' },
    { destination: '/var/lib/queue', source: '/claims/q' },
  ];
  expect(onNode('/var/lib/queue', mounts)).toBe('/claims/q');
  expect(onNode('/var/lib/queue/own', mounts)).toBe('/claims/q/own');
  expect(onNode('/var/lib/queue2', mounts)).toBe('/pods/u/var/lib/queue2');
  expect(onNode('/data', mounts)).toBeUndefined();
});
