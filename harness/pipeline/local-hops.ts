import { deafAt, isLocalOnly, receiverPort } from './doors.ts';
import { object } from './read.ts';
import type { Tier } from './types.ts';

/**
 * Exporters that send to pods whose receiver listens for its own pod only: each of their requests
 * is refused, which the run shows and nobody expects.
 *
 * @returns a note for each
 */
export const saidOfLocalHops = (tiers: readonly Tier[]): string[] =>
  tiers.flatMap((tier) =>
    tier.outputs.flatMap(({ exporter, to, protocol }) => {
      if (!('tier' in to)) return [];
      const next = tiers.find(({ name }) => name === to.tier);
      const receiver = next?.components.find(
        (one) =>
          one.kind === 'receivers' &&
          one.type === 'otlp' &&
          protocol in object(one.config.protocols) &&
          receiverPort(one, protocol) === to.port,
      );
      if (!receiver || next?.workload.kind === 'sidecar' || !isLocalOnly({ receiver, protocol })) {
        return [];
      }
      const path = ['protocols', protocol];
      const { file, line } = receiver.placeOf?.(path) ?? receiver.place;
      return `${tier.name}: ${exporter.id} is refused by ${to.tier}, whose receiver "${receiver.id}" listens on localhost; ${file}:${line}: write ${path.join('.')}.endpoint: 0.0.0.0:${to.port}`;
    }),
  );

/**
 * Exporters that send a signal to a port at which receivers listen that do not take it, while
 * others of the tier may.
 *
 * @returns a note for each
 */
export const saidOfDeafHops = (tiers: readonly Tier[]): string[] =>
  tiers.flatMap((tier) =>
    tier.outputs.flatMap(({ exporter, to, signal }) => {
      if (!('tier' in to)) return [];
      const next = tiers.find(({ name }) => name === to.tier);
      const [receiver] = next ? deafAt(next, signal, to.port) : [];
      if (!receiver) return [];
      const { file, line } = receiver.place;
      return `${tier.name}: ${exporter.id} is refused by ${to.tier}, whose receiver "${receiver.id}" at port ${to.port} takes no ${signal}; ${file}:${line}: name it in a pipeline of ${signal}, or send them elsewhere`;
    }),
  );
