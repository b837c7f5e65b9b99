import { typeOf } from './components.ts';
import { type Config, movedFrom } from './configs.ts';
import { parsePath, type ResourceEdit } from './edits.ts';
import { hopTypes } from './endpoint.ts';
import { at, object, text } from './read.ts';
import type { Resource } from './types.ts';

interface Told {
  readonly notes: Set<string>;
  readonly resources: readonly Resource[];
}

const address = /^([a-z]+:\/\/)?((?:\d{1,3}\.){3}\d{1,3})(:\d+)?(\/.*)?$/;

/**
 * Gives a name to what exporters send to by an address: a recorder can stand in front of a name
 * only. The address of a Service is that Service's; any other is of nothing in the folder. An
 * address of the pod itself stays.
 */
export const namedAddresses = (
  { resource, value, edit }: Config,
  { notes, resources }: Told,
): ResourceEdit[] =>
  Object.entries(object(value.exporters)).flatMap(([id, exporter]) => {
    if (!hopTypes.includes(typeOf('exporters', id))) return [];
    return Object.entries(object(exporter)).flatMap(([key, written]): ResourceEdit[] => {
      if (!key.endsWith('endpoint')) return [];
      const [, scheme = '', host = '', port = '', path = ''] = address.exec(String(written)) ?? [];
      if (host === '' || /^127\.|^0\./.test(host)) return [];
      const name = serviceAt(host, resources) ?? `address-${host.replaceAll('.', '-')}.invalid`;
      notes.add(
        `${resource.kind}/${resource.name}: exporter "${id}" sends to ${host}; ${name} stands for it, where it can be recorded`,
      );
      const own = `exporters["${id}"].${key}`;
      return [edit(own, scheme + name + port + path, movedFrom(...parsePath(own)))];
    });
  });

/** `service.namespace` of the folder's Service that asks for this address. */
function serviceAt(host: string, resources: readonly Resource[]): string | undefined {
  const found = resources.find(
    ({ kind, value }) => kind === 'Service' && text(at(value, 'spec', 'clusterIP')) === host,
  );
  return found && `${found.name}.${found.namespace}.svc.cluster.local`;
}
