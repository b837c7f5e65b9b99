import { expect, it } from 'vitest';
import { asksSender } from './asks-sender.ts';
import type { Component } from './types.ts';

const connection = { sources: [{ from: 'connection' }] };
const attribute = (name: string) => ({ sources: [{ from: 'resource_attribute', name }] });

it.each([
  ['by the connection alone', [connection], true],
  ['by what is not sent, then by the connection', [attribute('k8s.pod.uid'), connection], true],
  [
    'by the address that is sent, then by the connection',
    [attribute('k8s.pod.ip'), connection],
    false,
  ],
  ['by what is sent', [attribute('k8s.pod.ip')], false],
  ['as it does by itself', [], false],
])('a tier that finds pods %s', (_, pod_association, expected) => {
  const component = { type: 'k8s_attributes', config: { pod_association } } as unknown as Component;
  expect(asksSender({ components: [component] })).toBe(expected);
  expect(asksSender({ components: [{ ...component, type: 'resource' }] })).toBe(false);
});
