import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hideSecrets } from './hide-secrets.ts';
import { comprehend, type RunRequest, readSource } from './prepare.ts';
import { rerunOf } from './rerun.ts';
import { fileOf } from './scenarios.ts';
import { readValuesFile } from './values-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'values-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: vendor, namespace: obs }\n';
const value = 'k3y-of-a-vendor';

const manifests = join(folder, 'manifests');
mkdirSync(manifests);
written(
  'manifests/gw.yaml',
  `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: gw, namespace: obs }
spec:
  mode: deployment
  image: otel/opentelemetry-collector-contrib:0.152.0
  env: [{ name: KEY, valueFrom: { secretKeyRef: { name: vendor, key: api-key } } }]
  config:
    receivers: { otlp: { protocols: { http: { endpoint: 0.0.0.0:4318 } } } }
    exporters:
      otlp_http: { endpoint: "https://otlp.vendor.example", headers: { key: "\${env:KEY}" } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp_http] } } }
`,
);

describe('a file that gives values of Secrets', () => {
  it('holds Secrets only', () => {
    const both = `${secret}---\nkind: ConfigMap\napiVersion: v1\nmetadata: { name: c }\n`;
    expect(() => readValuesFile(written('a.yaml', both))).toThrow(
      /a\.yaml:5:\d+ found ConfigMap, expected Secrets only/,
    );
    expect(() => readValuesFile(written('b.yaml', 'key: 1\n'))).toThrow('found no resource');
  });

  it('is what the pods get, and nothing that is saved has it', () => {
    const valuesFile = written('c.yaml', `${secret}stringData: { api-key: ${value} }\n`);
    const request: RunRequest = {
      scenarioFile: fileOf('steady'),
      pipelineFolder: manifests,
      valuesFile,
      edits: [],
      seed: 1,
      runtime: 'embedded',
      reportsFolder: folder,
    };
    const source = readSource(request);
    const { pipeline } = comprehend(source);
    const [variable] = pipeline.tiers[0]?.workload.environment ?? [];
    expect(variable).toMatchObject({ name: 'KEY', value: { literal: value } });
    expect(pipeline.notes.join()).not.toContain('placeholder');
    const { source: saved, hidden } = hideSecrets(
      source,
      (own) => comprehend(own).pipeline,
      () => '',
    );
    expect(JSON.stringify(saved)).not.toContain(value);
    expect(hidden.length).toBeGreaterThan(0);
    expect(rerunOf(saved)).toContain(`--values ${valuesFile}`);
  });

  it('leaves a placeholder, and a note, where it is not given', () => {
    const request = { scenarioFile: fileOf('steady'), pipelineFolder: manifests, edits: [] };
    const own = { ...request, seed: 1, runtime: 'embedded', reportsFolder: folder } as const;
    const { pipeline } = comprehend(readSource(own));
    expect(pipeline.notes.join()).toContain('no Secret "vendor" in namespace obs: placeholders');
  });
});
