import { isExpanded } from '../lib/expansion.ts';
import { parseYaml } from '../lib/yaml.ts';
import { at, object, text } from './read.ts';
import type { Resource } from './types.ts';

/** One key of a Secret. */
export interface SecretEntry {
  /** For a message, without the value: `key "token" of Secret "vendor"`. */
  readonly name: string;
  readonly plain: string;
  /** As it is written, where that is base64 (`data`). */
  readonly encoded: string | undefined;
  /** What must not be written down, each without the end of a line. */
  readonly values: readonly string[];
}

/** A shorter value would be met by chance, and hides nothing that could not be guessed. */
export const shortestSecretBytes = 6;
/** Lines of a longer text, such as a key's. */
const shortestLineBytes = 12;

/** What the Secrets of a folder hold. */
export function readSecrets(resources: readonly Resource[]): SecretEntry[] {
  return resources.flatMap(({ kind, name, value }) => {
    if (kind !== 'Secret') return [];
    const entry = (key: string, plain: string, encoded?: string): SecretEntry => ({
      name: `key "${key}" of Secret "${name}"`,
      plain,
      encoded,
      values: valuesOf(plain),
    });
    return [
      ...Object.entries(object(value.data)).map(([key, written]) => {
        const encoded = text(written) ?? '';
        return entry(key, Buffer.from(encoded, 'base64').toString('utf8'), encoded);
      }),
      ...Object.entries(object(value.stringData)).map(([key, written]) =>
        entry(key, text(written) ?? ''),
      ),
    ];
  });
}

const bytesOf = (value: string): number => Buffer.byteLength(value);

function valuesOf(plain: string): string[] {
  const credentials = credentialsOfConfig(plain);
  if (credentials) return credentials;
  const lines = plain.split(/\r?\n/).map((line) => line.trim());
  const whole = plain.trim();
  if (!whole.includes('\n')) return bytesOf(whole) < shortestSecretBytes ? [] : [whole];
  return [...new Set(lines)].filter((line) => bytesOf(line) >= shortestLineBytes);
}

/**
 * A Secret may hold a collector's whole config: the planner has to read it, so that of it only what
 * stands at a key of credentials is a secret. Undefined for any other text.
 */
function credentialsOfConfig(plain: string): string[] | undefined {
  if (!/^service:/m.test(plain)) return undefined;
  const [document] = parseYaml('', plain).documents;
  if (at(document?.value, 'service', 'pipelines') === undefined) return undefined;
  return [...new Set(credentialsIn(document?.value, false))];
}

/** As components name them: `headers`, `api_key`, `password`, `token`, `key_pem`, ... */
const isCredential = (key: string): boolean =>
  /^(headers|authorization|credentials?|user(name)?|inline)$|passw|token|secret|key|cookie/i.test(
    key,
  );

function credentialsIn(value: unknown, isInside: boolean): string[] {
  if (typeof value === 'string' || typeof value === 'number') {
    const written = String(value);
    const isSecret = isInside && !isExpanded(written) && bytesOf(written) >= shortestSecretBytes;
    return isSecret
      ? written.split('\n').filter((line) => bytesOf(line) >= shortestSecretBytes)
      : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    credentialsIn(part, isInside || (!Array.isArray(value) && isCredential(key))),
  );
}
