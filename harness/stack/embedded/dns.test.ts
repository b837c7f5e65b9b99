import { decode, type Packet } from 'dns-packet';
import { expect, it } from 'vitest';
import { answer, encodeAnswer } from './dns.ts';

const name = 'gateway-collector-headless.observability.svc.cluster.local';
const addresses = Array.from({ length: 20 }, (_, i) => `10.244.0.${i + 1}`);
const query: Packet = { type: 'query', id: 7, flags: 0x0100, questions: [{ type: 'A', name }] };

it('answers with the addresses of as many pods as a tier may have, in one small packet', () => {
  const bytes = encodeAnswer(answer(query, () => addresses));
  expect(bytes.length).toBeLessThan(512);
  const read = decode(bytes);
  expect(read).toMatchObject({ id: 7, rcode: 'NOERROR', questions: [{ name, type: 'A' }] });
  expect(read.answers).toHaveLength(addresses.length);
  expect(read.answers?.every((found) => found.name === name && found.type === 'A')).toBe(true);
  const data = read.answers?.map((found) => ('data' in found ? found.data : ''));
  expect(new Set(data)).toEqual(new Set(addresses));
});

it('tells a name without an address from one that does not exist', () => {
  expect(decode(encodeAnswer(answer(query, () => [])))).toMatchObject({
    rcode: 'NOERROR',
    answers: [],
  });
  expect(decode(encodeAnswer(answer(query, () => undefined)))).toMatchObject({
    rcode: 'NXDOMAIN',
    answers: [],
  });
});
