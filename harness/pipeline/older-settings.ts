import type { Problem } from '../lib/errors.ts';
import { type Config, configsOf, editResource } from './configs.ts';
import type { ResourceEdit } from './edits.ts';
import { detectorEdits } from './later-detectors.ts';
import { movedKeys } from './older-keys.ts';
import { bracedVariables } from './older-variables.ts';
import { namedAddresses } from './outside-addresses.ts';
import { at, list, misfit, object, text } from './read.ts';
import type { Resource } from './types.ts';

/** What was carried over, and what can't be. */
export interface Carried {
  readonly notes: string[];
  readonly problems: Problem[];
}

/**
 * Writes settings that older collectors knew, or later ones know, as the program knows them: it
 * ends at once where it meets a key that it does not know. The operator leaves them as they are
 * (v0.148.0, apis/v1beta1/config.go, Service.ApplyDefaults).
 *
 * @returns a note for each, and a problem for what nobody can carry over
 */
export function carryOver(resources: Resource[]): Carried {
  const notes = new Set<string>();
  const problems: Problem[] = [];
  for (const rewritings of [spellings, settings]) {
    for (const resource of [...resources]) {
      const edits = configsOf(resource).flatMap((config) =>
        rewritings.flatMap((rewrite) => rewrite(config, { notes, problems, resources })),
      );
      if (edits.length > 0) editResource(resources, resource, edits);
    }
  }
  return { notes: [...notes], problems };
}

interface Told {
  readonly notes: Set<string>;
  readonly problems: Problem[];
  readonly resources: readonly Resource[];
}

type Rewriting = (config: Config, told: Told) => ResourceEdit[];

/** Of texts, wherever they stand: what is read of settings is spelled by then. */
const spellings: readonly Rewriting[] = [bracedVariables];

const settings: readonly Rewriting[] = [telemetryAddress, detectorEdits, movedKeys, namedAddresses];

/** One of all addresses, and what a variable holds; another of IPv6 has no form that is taken. */
const hostAndPort = /^((?:\$\{[^}]*\}|[^:[\]$])*|\[::\]):(\d{1,5}|\$\{[^}]*\})$/;

/**
 * `service.telemetry.metrics.address` as the reader that collectors from 0.111 on made of it
 * (collector v0.115.0, service/telemetry/config.go), with names as they were: these never had units
 * or scopes in them (service/telemetry/internal/otelinit/config.go there).
 */
function telemetryAddress({ value, place, edit }: Config, told: Told): ResourceEdit[] {
  const path = ['service', 'telemetry', 'metrics'];
  const metrics = object(at(value, ...path));
  if (!('address' in metrics)) return [];
  const setting = path.join('.');
  const gone = edit(`${setting}.address`, null);
  const address = text(metrics.address) ?? '';
  if (address === '') return [gone];
  const [, host, port] = hostAndPort.exec(address) ?? [];
  if (host === undefined || port === undefined) {
    const reader = { problems: told.problems, place };
    misfit(reader, metrics.address, [...path, 'address'], 'host:port, to make a reader of it');
    return [];
  }
  told.notes.add(
    `${setting}.address "${address}" is one of ${setting}.readers here, as the collector that runs it knows it`,
  );
  const names = { without_scope_info: true, without_type_suffix: true, without_units: true };
  const prometheus = {
    host: host === '' || host === '[::]' ? '0.0.0.0' : host,
    port: /^\d/.test(port) ? Number(port) : port,
    ...names,
  };
  const readers = [...list(metrics.readers), { pull: { exporter: { prometheus } } }];
  return [gone, edit(`${setting}.readers`, readers)];
}
