import { number, text } from './read.ts';
import type { Component, Tier } from './types.ts';

/** None where it listens for its own pod only: no probe gets there. */
export function readHealth(extensions: readonly Component[]): Tier['health'] {
  const extension = extensions.find((c) => c.type === 'health_check');
  if (!extension) return undefined;
  const endpoint = text(extension.config.endpoint) ?? 'localhost:13133';
  if (/^(localhost|127\.0\.0\.1)(:|$)/.test(endpoint)) return undefined;
  const port = number(/:(\d+)$/.exec(endpoint)?.[1]) ?? 13133;
  return { port, path: text(extension.config.path) ?? '/' };
}
