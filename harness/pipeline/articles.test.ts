import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ManifestFile } from './manifests.ts';
import { edit, mistakesOf } from './two-tier.testing.ts';

/** What the articles print and no collector would start with: it is said where it stands. */

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'pipelines');
const manifestsOf = (name: string): ManifestFile[] =>
  readdirSync(join(folder, name)).map((path) => ({
    path,
    text: readFileSync(join(folder, name, path), 'utf8'),
  }));

const unified = manifestsOf('unified');
const hybrid = manifestsOf('hybrid');

it.each([
  [
    'article 000, line 158: v1beta1 with a text for its config',
    unified,
    edit('otel-agent', 'spec.config', 'receivers: {}\n'),
    /config: found "receivers: \{\}\\n", expected the collector’s config as a mapping/,
  ],
  [
    'article 000, line 174: the collector’s name for that of its Service',
    unified,
    edit(
      'otel-agent',
      'spec.config.exporters.otlp.endpoint',
      'otel-gateway.observability.svc.cluster.local:4317',
    ),
    /sends to "otel-gateway\.observability\.svc\.cluster\.local", which is no Service of the folder/,
  ],
  [
    'article 002, line 1058: a number for the resolver’s port',
    hybrid,
    {
      ...edit('', 'data["config.yaml"].exporters.loadbalancing.resolver.dns.port', 4317),
      resource: 'ConfigMap/otel-collector-agent-config',
    },
    /port: found 4317, expected a text: put it in quotes/,
  ],
])('%s', (_, manifests, wrong, message) => {
  expect(mistakesOf(manifests)).toEqual([]);
  expect(mistakesOf(manifests, [wrong])).toEqual([expect.stringMatching(message)]);
});
