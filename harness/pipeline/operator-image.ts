import { list, object, text, texts } from './read.ts';
import type { Resource } from './types.ts';

/** What operator 0.148 runs if nobody tells it otherwise. */
const releasedImage =
  'ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector:0.148.0';

/**
 * The image of OpenTelemetryCollectors that name none: what the operator of the folder is told by
 * its flag, else by its environment (operator v0.148.0, internal/config: cli.go, env.go).
 */
export function defaultImage(resources: readonly Resource[]): string {
  const containers = resources.flatMap(({ value }) => {
    const pod = object(object(object(value.spec).template).spec);
    return list(pod.containers).map(object);
  });
  const told = containers.flatMap(({ command, args }) =>
    flagged([...texts(command), ...texts(args)]),
  );
  const set = containers.flatMap(({ env }) =>
    list(env).flatMap((variable) => {
      const { name, value } = object(variable);
      return name === 'RELATED_IMAGE_COLLECTOR' ? (text(value) ?? []) : [];
    }),
  );
  return [...told, ...set].find((image) => image !== '') ?? releasedImage;
}

/** `--collector-image=…`, or in two words. */
const flagged = (words: readonly string[]): string[] =>
  words.flatMap((word, i) => {
    const [, equals, value] = /^--collector-image(=(.*))?$/.exec(word) ?? [];
    if (equals !== undefined) return [value ?? ''];
    return word === '--collector-image' ? (words[i + 1] ?? []) : [];
  });
