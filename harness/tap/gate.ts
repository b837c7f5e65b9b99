import type { Socket } from 'node:net';

/** What a closed gate kept from the real endpoint. */
export interface Refused {
  /** Connections that were open when it closed. */
  brokenConnections: number;
  /** Connections that were tried while it was closed. */
  refusedConnections: number;
}

/** The way from a tap to the real endpoint. Closed, it is as if that one's process were gone. */
export interface Gate {
  /** Whether a connection may be made; one that may not is counted. */
  admits(): boolean;
  /** A connection was made: it breaks when the gate closes. */
  admitted(real: Socket): void;
  close(): void;
  /** @returns what was refused since it closed; undefined where it was open */
  open(): Refused | undefined;
}

export function createGate(): Gate {
  const connections = new Set<Socket>();
  let refused: Refused | undefined;
  return {
    admits: () => {
      if (refused) refused.refusedConnections++;
      return refused === undefined;
    },
    admitted: (real) => {
      connections.add(real);
      real.once('close', () => connections.delete(real));
    },
    close: () => {
      refused ??= { brokenConnections: connections.size, refusedConnections: 0 };
      for (const real of connections) real.destroy();
    },
    open: () => {
      const counted = refused;
      refused = undefined;
      return counted;
    },
  };
}
