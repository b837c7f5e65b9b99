import { describe, expect, it } from 'vitest';
import { gatewayResource, gatewayWorkload, indented } from './gateway.testing.ts';
import { loadPipeline } from './load.ts';

const config = indented(`
extensions: { health_check: { port: 13133 }, health_check/own: { port: 1, endpoint: "0.0.0.0:2" } }
receivers:
  otlp:
    protocols:
      grpc: { endpoint: "0.0.0.0:4317", tls_settings: { cert_file: /t/tls.crt, key_file: /t/tls.key } }
processors: { memory_limiter: { check_interval: 1s, limit_mib: 400, ballast_size_mib: 165 } }
exporters:
  otlp: { endpoint: "tempo:4317", insecure: true }
  otlphttp: { endpoint: "https://tempo:4318", ca_file: /t/ca.crt, tls: { min_version: "1.3" } }
  loadbalancing:
    protocol: { otlp: { insecure: true } }
    resolver: { static: { hostnames: ["gw:4317"] } }
service:
  extensions: [health_check, health_check/own]
  pipelines:
    traces: { receivers: [otlp], processors: [memory_limiter], exporters: [otlp] }
`);
const workload = gatewayWorkload(config)
  .replace(
    '[{ name: c, mountPath: /conf }',
    '[{ name: c, mountPath: /conf }, { name: t, mountPath: /t }',
  )
  .replace('volumes: [', 'volumes: [{ name: t, secret: { secretName: t } }, ');
const resource = gatewayResource(config).replace(
  '  mode:',
  '  volumes: [{ name: t, secret: { secretName: t } }]\n  volumeMounts: [{ name: t, mountPath: /t }]\n  mode:',
);

describe('a key that has moved or gone', () => {
  it.each([
    ['a ConfigMap', workload],
    ['a resource', resource],
  ])('is where the program has it, in %s', (_, text) => {
    const { tiers, notes } = loadPipeline('x', [{ path: 'p.yaml', text }]);
    const configOf = (id: string) => tiers[0]?.components.find((one) => one.id === id)?.config;
    expect(configOf('otlp')).toEqual({
      protocols: {
        grpc: {
          endpoint: '0.0.0.0:4317',
          tls: { cert_file: '/t/tls.crt', key_file: '/t/tls.key' },
        },
      },
    });
    const exporters = tiers[0]?.components.filter(({ kind }) => kind === 'exporters') ?? [];
    expect(Object.fromEntries(exporters.map((one) => [one.id, one.config]))).toEqual({
      otlp: { endpoint: 'tempo:4317', tls: { insecure: true } },
      otlphttp: {
        endpoint: 'https://tempo:4318',
        tls: { ca_file: '/t/ca.crt', min_version: '1.3' },
      },
      loadbalancing: {
        protocol: { otlp: { tls: { insecure: true } } },
        resolver: { static: { hostnames: ['gw:4317'] } },
      },
    });
    expect(configOf('memory_limiter')).toEqual({ check_interval: '1s', limit_mib: 400 });
    expect(configOf('health_check')).toMatchObject({ endpoint: '0.0.0.0:13133' });
    expect(configOf('health_check/own')).toMatchObject({ endpoint: '0.0.0.0:2' });
    expect(configOf('health_check')).not.toHaveProperty('port');
    expect(tiers[0]?.outputs[0]?.tls).toBe(false);
    expect(notes).toEqual(
      expect.arrayContaining([
        'exporter "otlp": insecure is in its tls here, where collectors have it since 0.36',
        'exporter "otlphttp": ca_file is in its tls here, where collectors have it since 0.36',
        'receiver "otlp": tls_settings is called tls here, as collectors do since 0.36',
        'processor "memory_limiter": ballast_size_mib is left out: later collectors have no ballast',
        'extension "health_check": port is endpoint 0.0.0.0:13133 here, as collectors have it since 0.24',
      ]),
    );
  });
});
