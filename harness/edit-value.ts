import { parse } from 'yaml';
import { UserError } from './lib/errors.ts';
import type { ResourceEdit } from './pipeline/manifests.ts';

/**
 * `--set resource:path=value`; the value is YAML:
 * `--set OpenTelemetryCollector/gateway:spec.replicas=3`.
 * The kind may be left out for a collector: `gateway:spec.replicas=3`.
 * @throws UserError for any other form
 */
export function parseEditValue(written: string): ResourceEdit {
  const match = /^([A-Za-z0-9/._-]+):([^=]+)=(.*)$/s.exec(written);
  if (!match) {
    throw new UserError(
      `--set ${written}: expected resource:path=value. Hint: --set gateway:spec.config.processors.tail_sampling.decision_wait=20s`,
    );
  }
  const [, name = '', path = '', value = ''] = match;
  const resource = name.includes('/') ? name : `OpenTelemetryCollector/${name}`;
  return {
    resource,
    path: path.trim(),
    value: parse(value) as unknown,
    origin: `--set ${written}`,
  };
}
