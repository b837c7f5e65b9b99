import { expect, it } from 'vitest';
import { backendsIn } from './resolved.ts';

it('a collector’s metrics say how many pods its load balancer knows', () => {
  const lines = [
    '# TYPE otelcol_loadbalancer_num_backends gauge',
    'otelcol_loadbalancer_num_backends{resolver="dns",service_name="otelcol"} 3',
    'otelcol_loadbalancer_num_backend_updates{resolver="dns"} 9',
  ];
  expect(backendsIn(lines.join('\n'))).toBe(3);
  expect(backendsIn('otelcol_loadbalancer_num_backends 2\n')).toBe(2);
  expect(backendsIn(lines.slice(2).join('\n'))).toBeUndefined();
});
