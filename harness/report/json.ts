import type { Verdict } from '../judge/types.ts';
import { redact } from './redact.ts';

/**
 * `verdict.json`: the contract that CI jobs read (`judge/verdict.schema.json`), without secrets.
 */
export const renderJson = (verdict: Verdict): string =>
  `${JSON.stringify(verdict, (_, value: unknown) => (typeof value === 'string' ? redact(value) : value), 2)}\n`;
