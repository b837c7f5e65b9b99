import { describe, expect, it } from 'vitest';
import { component } from './causes.testing.ts';
import { handshakeFailure } from './handshake.ts';

const grpc = 'rpc error: code = Unavailable desc = connection error: desc = "transport: ';
const http = 'failed to make an HTTP request: Post "https://localhost:1/v1/traces": ';
const x509 = 'tls: failed to verify certificate: x509: certificate';

describe('words of a handshake that failed', () => {
  // As collector v0.152.0 said them against servers that were wrong in just this way.
  it.each([
    [
      `${grpc}authentication handshake failed: tls: first record does not look like a TLS handshake"`,
      'tls.insecure',
    ],
    [`${http}http: server gave HTTP response to HTTPS client`, 'endpoint'],
    [`${http}${x509} signed by unknown authority`, 'tls.ca_file'],
    [
      `${http}${x509} has expired or is not yet valid: current time 2026-11-29T06:56:31Z is after 2024-01-03T00:00:00Z`,
      'endpoint',
    ],
    [
      `${grpc}authentication handshake failed: ${x509} is valid for other.example, not localhost"`,
      'tls.server_name_override',
    ],
  ])('tell what is wrong: %s', (said, setting) => {
    const exporter = component('otlp_grpc/tempo', { endpoint: 'tempo:4317' });
    const { why = '', fix } = handshakeFailure(exporter, '', said) ?? {};
    expect(why).toContain(`: ${setting}: `);
    expect(fix).not.toBe('');
  });

  it.each([
    `${grpc}dial tcp 10.0.0.1:4317: connect: connection refused"`,
    'rpc error: code = Unavailable desc = connection error: desc = "error reading server preface: EOF"',
    'rpc error: code = Unauthenticated desc = invalid certificate of the tenant',
  ])('tell nothing else: %s', (said) => {
    const exporter = component('otlp_grpc/tempo', {});
    expect(handshakeFailure(exporter, '', said)).toBeUndefined();
  });

  it('name the setting of a load balancer’s own clients', () => {
    const exporter = component('loadbalancing', {});
    const said = 'tls: first record does not look like a TLS handshake';
    expect(handshakeFailure(exporter, 'protocol.otlp', said)?.why).toContain(
      'protocol.otlp.tls.insecure',
    );
  });
});
