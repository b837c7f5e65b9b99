import { describe, expect, it } from 'vitest';
import { parseEditValue } from './edit-value.ts';
import { UserError } from './lib/errors.ts';

describe('parseEditValue', () => {
  it('reads a value as YAML, and a name without a kind as a collector', () => {
    expect(parseEditValue('gateway:spec.replicas=3')).toMatchObject({
      resource: 'OpenTelemetryCollector/gateway',
      path: 'spec.replicas',
      value: 3,
    });
    expect(parseEditValue('Service/gateway:spec.type=[a, b]')).toMatchObject({
      resource: 'Service/gateway',
      value: ['a', 'b'],
    });
  });

  it.each(['{', '[1', '*x', 'a: b: c', '"open'])('refuses the value %s', (value) => {
    const written = `gateway:spec.replicas=${value}`;
    expect(() => parseEditValue(written)).toThrow(UserError);
    expect(() => parseEditValue(written)).toThrow(`--set ${written}: the value is no YAML: `);
    expect(() => parseEditValue(written)).toThrow('Hint: quote it');
  });
});
