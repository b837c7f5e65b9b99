/** A text that the collector's confmap replaces before any component sees it: `${…}`, `$$`. */
export const isExpanded = (written: string): boolean => /\$[{$]/.test(written);

/** A value with such a text anywhere inside. */
export function hasExpansion(value: unknown): boolean {
  if (typeof value === 'string') return isExpanded(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasExpansion);
}
