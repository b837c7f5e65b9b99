/** Exporters that end the data's way inside the collector. */
export const sinks: ReadonlySet<string> = new Set(['debug', 'file', 'nop', 'prometheus']);
