import type { Word } from './config-sources.ts';
import type { Reader } from './read.ts';

/** Flags of the collector (otelcol v0.152.0, command.go, flags.go), and whether one has a value. */
const flags: Readonly<Record<string, boolean>> = {
  config: true,
  'feature-gates': true,
  set: true,
  help: false,
  h: false,
  version: false,
  v: false,
};

/** Of the project, whatever it is built of; a vendor's own may know more. */
const isOfProject = (image: string): boolean =>
  /(^|\/)(opentelemetry-collector|otelcol)[^/]*$/.test(image);

/**
 * Arguments that the collector does not start with: flags that it does not have, and what is no
 * flag, which it takes for the name of a command. What Kubernetes fills in (`$(NAME)`) may be
 * anything.
 */
export function checkArguments(
  words: readonly Word[],
  image: string,
  command: readonly string[],
  { problems }: Reader,
): void {
  const starts = command[0] ?? 'otelcol';
  if (!isOfProject(image) || !/otel|collector/.test(starts.split('/').at(-1) ?? '')) return;
  for (let i = 0; i < words.length; i++) {
    const { text, place } = words[i] as Word;
    if (text === '' || text.includes('$(')) continue;
    const [, flag, equals] = /^--?([A-Za-z-]+)(=[\s\S]*)?$/.exec(text) ?? [];
    if (flag === undefined) {
      const message = `argument "${text}" is no flag: the collector takes it for a command, which it does not have`;
      const hint = /\$\{/.test(text) ? 'Kubernetes fills in $(NAME) alone' : undefined;
      problems.push({ place, message, ...(hint ? { hint } : {}) });
    } else if (!Object.hasOwn(flags, flag)) {
      const known = ['config', 'feature-gates', 'set'].map((name) => `--${name}`);
      const message = `argument "${text}" is no flag of the collector's`;
      problems.push({ place, message, known });
    } else if (flags[flag] && equals === undefined) i++;
  }
}
