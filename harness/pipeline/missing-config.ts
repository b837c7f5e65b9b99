import type { Problem } from '../lib/errors.ts';
import { onlyYaml } from './contents.ts';
import type { RawWorkload } from './raw.ts';
import { at, list, nearest, object } from './read.ts';
import { unknownVolume } from './tls-ends.ts';
import type { Resource, Workload } from './types.ts';
import { mountedFiles } from './volumes.ts';

/** A word of `command` is what Kubernetes starts, in place of the image's own program. */
export function noProgram(
  { kind, name, value, place }: Resource,
  { command }: Workload,
): Problem | undefined {
  const [program = ''] = command;
  if (!program.startsWith('-')) return undefined;
  const message = `command "${program}" of ${kind} "${name}" is no program, and Kubernetes starts it in place of the image's own`;
  const path = ['spec', 'template', 'spec', 'containers'];
  const index = list(at(value, ...path)).findIndex(
    (container) => list(object(container).command)[0] === program,
  );
  return { place: place([...path, index, 'command', 0]), message, hint: 'put it into args' };
}

/**
 * Why a collector finds no configuration, and what to do. Without any it ends at once (otelcol
 * v0.152.0, command.go, updateSettingsUsingFlags). Undefined where its mistakes were told.
 */
export function missingConfig(
  { kind, name }: Pick<Resource, 'kind' | 'name'>,
  { workload, sought, isNamed }: Pick<RawWorkload, 'workload' | 'sought' | 'isNamed'>,
): Problem | undefined {
  const { place } = workload;
  const mounted = mountedConfigs(workload);
  if (sought === undefined) {
    const message = `${kind} "${name}" calls a collector without --config: it ends at once`;
    return { place, message, hint: adding(mounted) };
  }
  if (sought === '') return undefined;
  const message =
    `${kind} "${name}" runs a collector whose configuration is not in the folder: no mounted ` +
    `ConfigMap or Secret holds ${sought}`;
  const volume = unknownVolume(workload, sought);
  if (volume !== undefined) {
    const hint =
      `volume "${volume}" is mounted there, and what fills it runs in a cluster only: for the ` +
      `test, put the configuration into a ConfigMap, in a copy of the folder`;
    return { place, message, hint };
  }
  if (!isNamed) {
    const hint = `nothing names a configuration, so that its image's own is read: ${adding(mounted)}`;
    return { place, message, hint };
  }
  return { place, message, hint: onlyYaml, ...nearest(sought, mounted) };
}

const adding = ([path = '/conf/collector.yaml']: readonly string[]): string =>
  `add --config=${path} to args`;

/** Paths of the container at which something like a collector's configuration is mounted. */
const mountedConfigs = ({ mounts, volumes }: Workload): string[] =>
  mounts.flatMap((mount) => {
    const source = volumes.find(({ name }) => name === mount.volume)?.source;
    if (!source || !('files' in source)) return [];
    const files = Object.entries(mountedFiles(mount, source.files));
    return files.flatMap(([path, text]) =>
      /^(receivers|exporters|service):/m.test(text) ? path : [],
    );
  });
