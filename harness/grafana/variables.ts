/** What a template's variables stand for: `__span` is an object, `__tags` a text. */
export type Variables = Readonly<Record<string, unknown>>;

export interface Interpolated {
  readonly text: string;
  /** With one of these Grafana shows no link at all (`getVariableUsageInfo`). */
  readonly undefinedNames: readonly string[];
  /** Forms whose result the bench does not know. */
  readonly unmodelled: readonly string[];
}

/** `$name`, `[[name:format]]`, `${name.path:format}`, as Grafana's templates have them. */
const pattern = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}/g;

/** Set by Grafana when the query is made, not when the link is (`builtInVariables`). */
const builtIn: ReadonlySet<string> = new Set([
  '__from',
  '__to',
  '__interval',
  '__interval_ms',
  '__org',
  '__user',
  '__range',
  '__rate_interval',
  '__timeFilter',
  'timeFilter',
]);

/** Formats that leave a text as it is. */
const plainFormats: ReadonlySet<string> = new Set(['', 'raw', 'text', 'glob']);

/** Puts values in the place of a template's variables, as Grafana's Explore does. */
export function interpolate(template: string, variables: Variables): Interpolated {
  const undefinedNames: string[] = [];
  const unmodelled: string[] = [];
  const text = template.replace(pattern, (whole: string, ...groups: (string | undefined)[]) => {
    const [plain, bracketed, bracketFormat, braced, path, format] = groups;
    const name = plain ?? bracketed ?? braced ?? '';
    if (builtIn.has(name)) {
      unmodelled.push(whole);
      return whole;
    }
    const value = valueAt(variables[name], path);
    if (value === undefined || value === null) {
      undefinedNames.push(whole);
      return whole;
    }
    if (typeof value === 'object' || !plainFormats.has(bracketFormat ?? format ?? '')) {
      unmodelled.push(whole);
    }
    return String(value);
  });
  return { text, undefinedNames, unmodelled };
}

/** `traceId`, `tags["service.name"]`: a path as lodash's `property` reads it. */
function valueAt(root: unknown, path: string | undefined): unknown {
  if (path === undefined) return root;
  if (isObject(root) && Object.hasOwn(root, path)) return root[path];
  const steps = [...path.matchAll(/[^.[\]]+|\[(?:"([^"]*)"|'([^']*)'|(\d+))\]/g)].map(
    ([step, double, single, index]) => double ?? single ?? index ?? step,
  );
  return steps.reduce<unknown>(
    (value, step) => (isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined),
    root,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
