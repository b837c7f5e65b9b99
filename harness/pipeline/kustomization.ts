import type { Problem } from '../lib/errors.ts';
import { parseYaml } from '../lib/yaml.ts';
import { listOf, misfit, object, type Reader, text } from './read.ts';

/** Names under which `kubectl kustomize` finds it (kustomize api, konfig/general.go). */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** What a kustomization only lists, and what says nothing of the resources. */
const plainKeys = ['apiVersion', 'kind', 'metadata', 'resources', 'bases'];

/** Rendered manifests on the way into the bench. */
export const piped = (command: string): string =>
  `${command} | npm run scenario -- <scenario> --pipeline -`;

export interface Kustomization {
  /** The files and folders that it lists, relative to it. */
  readonly resources: readonly string[];
  readonly problems: readonly Problem[];
  /** What else it does to them: patches, generators, names. Only kustomize itself can do that. */
  readonly beyond: readonly Problem[];
}

/** What a kustomization lists, and what else it asks for. */
export function readKustomization(file: string, written: string, folder: string): Kustomization {
  const { documents, problems } = parseYaml(file, written);
  const [document] = documents;
  if (problems.length > 0 || !document) return { resources: [], problems, beyond: [] };
  const own: Problem[] = [];
  const reader: Reader = { problems: own, place: (path) => document.place(path) };
  const hint = `render it: ${piped(`kubectl kustomize ${folder}`)}`;
  const value = object(document.value);
  const more = Object.keys(value).filter((one) => !plainKeys.includes(one));
  const beyond = more.map((key): Problem => {
    const message = `a kustomization with "${key}" is not rendered here`;
    return { place: document.keyPlace([key]), message, hint };
  });
  const resources = ['resources', 'bases'].flatMap((key) =>
    listOf(reader, value[key], [key]).flatMap((item, i): string[] => {
      const name = text(item);
      if (name === undefined) {
        misfit(reader, item, [key, i], 'the path of a file or folder');
        return [];
      }
      if (!/^[a-z]+:\/\/|^git@|\?ref=|^github\.com\//.test(name)) return [name];
      own.push({ place: document.place([key, i]), message: `${name} is not fetched here`, hint });
      return [];
    }),
  );
  if (resources.length + beyond.length === 0 && own.length === 0) {
    own.push({ place: document.place([]), message: 'a kustomization without resources' });
  }
  return { resources, problems: own, beyond };
}
