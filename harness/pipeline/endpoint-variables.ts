import { typeOf } from './components.ts';
import { hopTypes } from './endpoint.ts';
import { object, type Plain } from './read.ts';
import type { EnvironmentVariable } from './types.ts';

/** The field of a pod that is its node's address, and what stands for that where one is read. */
export const nodeField = 'status.hostIP';

/**
 * The values of a pod's variables, as far as they tell an address before it runs. `$(NAME)` is an
 * earlier one (core/v1, `EnvVar.value`).
 */
export const addressesIn =
  (environment: readonly EnvironmentVariable[]) =>
  (name: string): string | undefined => {
    const index = environment.findLastIndex((variable) => variable.name === name);
    const value = environment[index]?.value;
    if (value === undefined || 'limit' in value) return undefined;
    if ('field' in value) return value.field.startsWith(nodeField) ? nodeField : undefined;
    const earlier = addressesIn(environment.slice(0, index));
    return value.literal.replace(
      /\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g,
      (whole, inner: string) => earlier(inner) ?? whole,
    );
  };

const variable = /(?<!\$)\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * What stands for variables that say where exporters send to and that the folder does not tell: a
 * place outside, by the variable's name. One that is the whole address gets a scheme and a port,
 * which OTLP takes over gRPC as well as over HTTP; one that is the port is that port.
 */
export function placesFor(
  config: Plain,
  isKnown: (name: string) => boolean = () => false,
): Map<string, string> {
  const places = new Map<string, string>();
  for (const [id, settings] of Object.entries(object(config.exporters))) {
    if (!hopTypes.includes(typeOf('exporters', id))) continue;
    for (const [key, written] of Object.entries(object(settings))) {
      if (typeof written !== 'string' || !key.endsWith('endpoint')) continue;
      for (const { 0: whole, 1: name = '', index } of written.matchAll(variable)) {
        if (isKnown(name) || places.has(name)) continue;
        const host = `placeholder-${name.replaceAll('_', '-').toLowerCase()}.invalid`;
        const isPart = index > 0 || written.startsWith(':', whole.length);
        const isPort = written[index - 1] === ':';
        places.set(name, isPort ? '443' : isPart ? host : `https://${host}:443`);
      }
    }
  }
  return places;
}

/** What is said of each. */
export const saidOfPlaces = (places: ReadonlyMap<string, string>): string[] =>
  [...places].map(
    ([name, place]) =>
      `variable ${name}, by which an exporter knows where to send, is not in the folder: ${place} stands for it`,
  );
