import { describe, expect, it } from 'vitest';
import { mistakesIn } from '../lib/errors.testing.ts';
import { gatewayResource, indented } from './gateway.testing.ts';
import { loadPipeline } from './load.ts';

const load = (files: string) =>
  loadPipeline('x', [
    {
      path: 'p.yaml',
      text: gatewayResource(
        indented(`
receivers:
  otlp: { protocols: { grpc: {} } }
  filelog: ${files}
exporters: { otlp: { endpoint: "otlp.vendor.example:4317" } }
service: { pipelines: { logs: { receivers: [otlp, filelog], exporters: [otlp] } } }
`),
      ),
    },
  ]);

describe('the files of file_log', () => {
  it.each(['{}', '[1]'])('are texts, as the collector decodes them: %s', (exclude) => {
    expect(mistakesIn(() => load(`{ include: [/var/log/*.log], exclude: ${exclude} }`))).toEqual([
      expect.stringMatching(/^p\.yaml:11:\d+ exclude: found .*, expected a list of texts/),
    ]);
  });

  it('may be one text, or come of a variable', () => {
    expect(load(`{ include: /var/log/a.log, exclude: ["\${env:NOT}"] }`).tiers).toHaveLength(1);
  });
});
