import { expect, it } from 'vitest';
import { decodeScenario } from '../scenario/decode.ts';
import { checkStrips } from './strips.ts';

const told = (faults: string, users = 'users: { app: shop, rate: 20/s }') =>
  checkStrips(
    decodeScenario(
      's.yaml',
      `name: a
about: b
pipeline: two-tier
${users}
load: [{ traces: checkout, rate: 10/s }]
phases: [{ for: 20s }]
faults:
${faults}
expect:
  - lost: { spans: 0 }
`,
      [],
    ),
  ).map(({ place, message }) => `${place.line} ${message}`);

it('a proxy is of the application that users ask', () => {
  expect(told('  - { at: 5s, strip: ingress, for: 2s }')).toEqual([]);
  expect(told('  - { at: 5s, strip: ingress, for: 2s }', '')).toEqual([
    "8 fault strip is of the sample application's ingress, which nobody asks",
  ]);
});

it('one may follow another, or take out something else', () => {
  const first = '  - { at: 5s, strip: ingress, for: 3s }';
  expect(told(`${first}\n  - { at: 8s, strip: ingress, for: 2s }`)).toEqual([]);
  expect(told(`${first}\n  - { at: 6s, strip: payment-proxy, for: 2s }`)).toEqual([]);
  expect(told(`${first}\n  - { at: 6s, strip: ingress, headers: [b3], for: 2s }`)).toEqual([]);
  expect(told(`${first}\n  - { at: 6s, strip: ingress, for: 1s }`)).toEqual([
    '9 fault strip takes out of ingress what another one takes out meanwhile',
  ]);
});
