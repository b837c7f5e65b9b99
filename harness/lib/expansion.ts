/** A text that the collector's confmap replaces before any component sees it: `${…}`, `$$`. */
export const isExpanded = (written: string): boolean => /\$[{$]/.test(written);

/** A value with such a text anywhere inside. */
export function hasExpansion(value: unknown): boolean {
  if (typeof value === 'string') return isExpanded(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasExpansion);
}

/**
 * A text with its variables replaced as the collector's env provider does, `${env:NAME}`, `${NAME}`
 * and `${env:NAME:-else}`; one whose value is not known stays as it is written.
 */
export const withVariables = (
  written: string,
  lookUp: (name: string) => string | undefined,
): string =>
  written.replace(
    /(?<!\$)\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (whole, name: string, otherwise?: string) => lookUp(name) ?? otherwise ?? whole,
  );
