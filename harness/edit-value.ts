import { parse } from 'yaml';
import { messageOf, UserError } from './lib/errors.ts';
import type { ResourceEdit } from './pipeline/manifests.ts';
import { resourceOf } from './scenario/decode.ts';

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
  return {
    resource: resourceOf(name),
    path: path.trim(),
    value: readValue(written, value),
    origin: `--set ${written}`,
  };
}

/** An edit as it was written, with something else in the place of its value. */
export const withValue = (written: string, value: string): string =>
  written.replace(/^([^=]+=).*$/s, (_, before: string) => before + value);

function readValue(written: string, value: string): unknown {
  try {
    return parse(value, { prettyErrors: false, logLevel: 'error' });
  } catch (error) {
    throw new UserError(
      `--set ${written}: the value is no YAML: ${messageOf(error)}. Hint: quote it, such as '"..."'`,
    );
  }
}
