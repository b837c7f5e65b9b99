import { describe, expect, it } from 'vitest';
import { caddyfileOf, stripMark, strippedBy } from './app-proxy.ts';

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

  it('takes out what a fault says, only while its mark is there, and says so in the log', () => {
    const strips = [{ proxy: 'payment-proxy', header: 'b3' }] as const;
    const [, ingress = '', proxy = ''] = caddyfileOf({}, to, strips).split(/^:808\d \{$/m);
    expect(ingress).not.toContain('strip');
    expect(proxy.match(/@strip_b3.*|try_files.*|not .*/g)).toEqual([
      '@strip_b3 {',
      `try_files ${stripMark('payment-proxy', 'b3')}`,
      'not path /healthz',
      '@strip_b3 stripped payment-proxy/b3',
      '@strip_b3 -b3',
    ]);
    const line = '{"logger":"http.log.access","status":200,"stripped":"payment-proxy/b3"}';
    expect(strippedBy(line, 'payment-proxy')).toBe(true);
    expect(strippedBy(line, 'ingress')).toBe(false);
  });

  it('leads each entry to its own service', () => {
    const [, ingress = '', proxy = ''] = caddyfileOf({}, to).split(/^:808\d \{$/m);
    expect(ingress).toContain('reverse_proxy 10.0.0.1:8080 {');
    expect(proxy).toContain('reverse_proxy 10.0.0.2:8080 {');
  });
});
