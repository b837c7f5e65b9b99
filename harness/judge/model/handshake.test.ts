import { describe, expect, it } from 'vitest';
import type { Tier } from '../../pipeline/types.ts';
import { component, output, tierOf } from './causes.testing.ts';
import { handshakeFailure } from './handshake.ts';

const grpc = 'rpc error: code = Unavailable desc = connection error: desc = "transport: ';
const http = 'failed to make an HTTP request: Post "https://localhost:1/v1/traces": ';
const preface =
  'rpc error: code = Unavailable desc = connection error: desc = "error reading server preface: ';
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
    [`${preface}remote error: tls: certificate required"`, 'tls.cert_file'],
    [`${preface}remote error: tls: unknown certificate authority"`, 'tls.cert_file'],
  ])('tell what is wrong: %s', (said, setting) => {
    const exporter = component('otlp_grpc/tempo', { endpoint: 'tempo:4317' });
    const { why = '', fix } = handshakeFailure(output(exporter), '', said, undefined) ?? {};
    expect(why).toContain(`: ${setting}: `);
    expect(fix).not.toBe('');
  });

  it.each([
    `${grpc}dial tcp 10.0.0.1:4317: connect: connection refused"`,
    'rpc error: code = Unavailable desc = connection error: desc = "error reading server preface: EOF"',
    'rpc error: code = Unauthenticated desc = invalid certificate of the tenant',
  ])('tell nothing else: %s', (said) => {
    const exporter = component('otlp_grpc/tempo', {});
    expect(handshakeFailure(output(exporter), '', said, undefined)).toBeUndefined();
  });

  it('name the setting of a load balancer’s own clients', () => {
    const exporter = component('loadbalancing', {});
    const said = 'tls: first record does not look like a TLS handshake';
    expect(handshakeFailure(output(exporter), 'protocol.otlp', said, undefined)?.why).toContain(
      'protocol.otlp.tls.insecure',
    );
  });

  describe('between two tiers', () => {
    const receiver = component(
      'otlp',
      { protocols: { grpc: { tls: { cert_file: '/tls/tls.crt' } } } },
      'receivers',
    );
    const tier = tierOf('gateway', [], []);
    const [pipeline] = tier.pipelines;
    const gateway = {
      ...tier,
      pipelines: [{ ...pipeline, receivers: [receiver] }],
      tlsEnds: [{ receiver: 'otlp', protocol: 'grpc', port: 4317, from: 'Secret/gateway-tls' }],
    } as unknown as Tier;
    const exporter = component('otlp_grpc/gateway', { tls: { insecure: true } });
    const eof = `${preface}EOF"`;

    it('name who shows what, and what holds it', () => {
      const said = `${http}${x509} has expired or is not yet valid`;
      const { why, fix } =
        handshakeFailure({ ...output(exporter), tls: true }, '', said, gateway) ?? {};
      expect(why).toContain(
        'gateway/otlp has protocols.grpc.tls.cert_file: /tls/tls.crt (p.yaml:7)',
      );
      expect(fix).toBe('renew the certificate in Secret/gateway-tls, which gateway/otlp shows');
    });

    it('are not needed where one end is plain and the other is not', () => {
      const { why, fix } = handshakeFailure(output(exporter), '', eof, gateway) ?? {};
      expect(why).toContain('it sends plainly to what ends TLS: tls.insecure: true (p.yaml:7)');
      expect(fix).toContain('tls.ca_file');
      const encrypted = { ...output(exporter), tls: true };
      expect(handshakeFailure(encrypted, '', eof, gateway)).toBeUndefined();
      const elsewhere = output(exporter, { tier: 'gateway', service: 'gateway', port: 4318 });
      expect(handshakeFailure(elsewhere, '', eof, gateway)).toBeUndefined();
    });
  });
});
