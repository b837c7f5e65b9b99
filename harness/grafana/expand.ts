/** A provisioned text as Grafana takes it. */
export interface ExpandedText {
  readonly value: string;
  /** What was taken for an environment variable, as it was written. */
  readonly variables: readonly string[];
}

/**
 * What becomes of a text of a provisioning file (Grafana, pkg/services/provisioning/values,
 * `interpolateValue`): `$$` is a dollar sign; any other `$` begins the name of an environment
 * variable. Grafana's environment is not known here and taken for empty.
 */
export function expandProvisioned(written: string): ExpandedText {
  const variables: string[] = [];
  const value = written
    .split('$$')
    .map((part) =>
      part.replace(variable, (whole: string, braced: string | undefined) => {
        // Go's os.Expand eats what is no name between braces.
        if (braced !== '') variables.push(whole);
        return '';
      }),
    )
    .join('$');
  return { value, variables };
}

/** `$__env{x}`, `${x}`, `$x`, and the shell's special ones such as `$1`; a lone `$` stays. */
const variable = /\$(?:__\w+)?\{([^}]*)\}|\$[A-Za-z_]\w*|\$[*#@!?0-9-]/g;

/** An environment variable that was met inside a value, and the path to it. */
export interface MetVariable {
  readonly written: string;
  readonly path: readonly PropertyKey[];
}

/** The same with each text inside a value; keys stay as they are. */
export function expandAll(value: unknown): {
  readonly value: unknown;
  readonly variables: readonly MetVariable[];
} {
  const met: MetVariable[] = [];
  const expand = (part: unknown, path: readonly PropertyKey[]): unknown => {
    if (typeof part === 'string') {
      const { value: own, variables } = expandProvisioned(part);
      met.push(...variables.map((written) => ({ written, path })));
      return own;
    }
    if (Array.isArray(part)) return part.map((item, i) => expand(item, [...path, i]));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, own]) => [key, expand(own, [...path, key])]),
    );
  };
  return { value: expand(value, []), variables: met };
}
