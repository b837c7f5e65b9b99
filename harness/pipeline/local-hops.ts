import { isLocalOnly, receiverPort } from './doors.ts';
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
