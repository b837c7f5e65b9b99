import type { Signal } from '../../pipeline/types.ts';

/**
 * What file_storage calls the queue of an exporter (filestorage v0.152.0, extension.go, GetClient
 * and sanitize).
 * @param id as the configuration has it: `otlp_grpc/tempo`
 */
export function queueFileOf(id: string, signal: Signal): string {
  const [type = '', ...name] = id.split('/');
  const raw = `exporter_${type}_${name.join('/')}_${signal}`;
  return raw.replace(/[^A-Za-z0-9._-]/gu, (letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return `~${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
