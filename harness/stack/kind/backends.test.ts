import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../lib/yaml.ts';
import { backendObjects, outerPorts, sharedObjects, withTierJobs } from './backends.ts';
import { twoTier } from './pipeline.testing.ts';

const fixtures = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'backends');
const configOf = (kind: string): string => readFileSync(join(fixtures, `${kind}.yaml`), 'utf8');

describe('a backend in the cluster', () => {
  const [config, pod, service] = backendObjects('tempo', 'tempo:1', 'a: 1\n', 'worker');

  it('runs the pinned image on the node that is named, with the file of the embedded runtime', () => {
    expect(config?.data).toEqual({ 'tempo.yaml': 'a: 1\n' });
    expect(pod?.spec).toMatchObject({
      nodeName: 'worker',
      containers: [
        {
          image: 'tempo:1',
          imagePullPolicy: 'IfNotPresent',
          args: ['-config.file=/etc/tempo/tempo.yaml'],
          volumeMounts: [
            { name: 'config', mountPath: '/etc/tempo' },
            { name: 'data', mountPath: '/var/tempo' },
          ],
        },
      ],
    });
  });

  it('is reached at each of its ports from outside the cluster', () => {
    expect(service?.spec).toMatchObject({
      type: 'NodePort',
      ports: [{ port: 3200 }, { port: 4317 }, { port: 4318 }],
    });
    expect(outerPorts('prometheus')).toEqual([9090]);
  });

  it('has an account, and Prometheus’ may list pods', () => {
    const objects = sharedObjects(['tempo', 'prometheus']);
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount');
    expect(accounts.map(({ metadata }) => metadata.name)).toEqual(['tempo', 'prometheus']);
    const binding = objects.find(({ kind }) => kind === 'ClusterRoleBinding');
    expect(binding?.subjects).toMatchObject([{ name: 'prometheus' }]);
  });
});

describe('Prometheus’ scrape jobs', () => {
  it('find each tier’s pods in place of the list of targets, the rest as written', () => {
    const written = configOf('prometheus');
    expect(written).toContain('file_sd_configs');
    const [document] = parseYaml('p.yaml', withTierJobs(written, twoTier.tiers)).documents;
    const config = document?.value as {
      global: unknown;
      scrape_configs: {
        job_name: string;
        kubernetes_sd_configs: { selectors: { label: string }[] }[];
        relabel_configs: { target_label?: string; replacement?: string }[];
      }[];
    };
    expect(config.global).toMatchObject({ scrape_interval: '1s', scrape_timeout: '1s' });
    expect(config.scrape_configs.map((job) => job.job_name)).toEqual([
      'collectors/agent',
      'collectors/gateway',
    ]);
    const [agent] = config.scrape_configs;
    expect(agent?.kubernetes_sd_configs[0]?.selectors[0]?.label).toContain(
      'app.kubernetes.io/instance=observability.agent',
    );
    expect(agent?.relabel_configs).toContainEqual({ target_label: 'tier', replacement: 'agent' });
  });
});
