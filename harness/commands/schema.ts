import { type SchemaName, schemaText } from '../schemas.ts';
import type { Host } from './host.ts';

/** `bench schema <name>`: prints a JSON schema, for editors and for whoever reads verdicts. */
export const schemaCommand = (name: SchemaName, { write }: Pick<Host, 'write'>): void =>
  write(schemaText(name));
