import { describe, expect, it } from 'vitest';
import { caddyfileOf } from './app-proxy.ts';

const to = { ingress: '10.0.0.1:8080', 'payment-proxy': '10.0.0.2:8080' };

/** The lines that touch headers, with the entry that they are of. */
function headerLines(habits: Parameters<typeof caddyfileOf>[0]): string[] {
  let port = '';
  return caddyfileOf(habits, to)
    .split('\n')
    .flatMap((line) => {
      port = /^(:\d+) \{$/.exec(line)?.[1] ?? port;
      return line.includes('header_up') ? `${port} ${line.trim()}` : [];
    });
}

describe('the Caddyfile of the ingress', () => {
  it('touches no header unless it is told to', () => {
    expect(headerLines({})).toEqual([]);
  });

  it('does at one entry what is asked of that entry', () => {
    expect(headerLines({ ingress: { remove: ['traceparent', 'b3'] } })).toEqual([
      ':8080 header_up -traceparent',
      ':8080 header_up -b3',
    ]);
    expect(headerLines({ 'payment-proxy': { unsample: true } })).toEqual([
      ':8081 header_up traceparent "-01$" "-00"',
    ]);
    expect(headerLines({ ingress: { newTrace: true } })).toEqual([
      ':8080 header_up traceparent "00-{own_trace}-{own_span}-01"',
    ]);
  });

  it('leads each entry to its own service', () => {
    const [, ingress = '', proxy = ''] = caddyfileOf({}, to).split(/^:808\d \{$/m);
    expect(ingress).toContain('reverse_proxy 10.0.0.1:8080 {');
    expect(proxy).toContain('reverse_proxy 10.0.0.2:8080 {');
  });
});
