import { expect, it } from 'vitest';
import { parseSamples } from './samples.ts';

const whole = { atMs: 5, pod: 'a', tier: 't', life: 0, cpuMs: 10, memoryBytes: 1_024 };

it('leaves out what is cut off or can’t be, and keeps the rest', () => {
  const impossible = { ...whole, cpuMs: -1 };
  const text = [whole, impossible, { ...whole, told: { queueSize: 3 } }].map((one) =>
    JSON.stringify(one),
  );
  const samples = parseSamples(`${text.join('\n')}\n{"atMs":6,"po`);
  expect(samples).toEqual([whole, { ...whole, told: { queueSize: 3 } }]);
});
