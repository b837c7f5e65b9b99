import type { Socket } from 'node:net';
import type { Instead } from './instead.ts';

/** What a closed gate kept from the real endpoint. */
export interface Refused {
  /** Connections that were open when it closed. */
  brokenConnections: number;
  /** Connections that were tried while it was closed. */
  refusedConnections: number;
  /** Requests that were answered in the real endpoint's stead. */
  answeredRequests: number;
}

/**
 * The way from a tap to the real endpoint. Closed, it is as if that one's process were gone, or as
 * if it answered each request with one error.
 */
export interface Gate {
  /** Whether a connection may be made; one that may not is counted. */
  admits(): boolean;
  /** A connection was made: it breaks when the gate closes. */
  admitted(real: Socket): void;
  /** What a request is answered in the real endpoint's stead, and counted; undefined: it passes. */
  instead(): Instead | undefined;
  /** @param instead what to answer; without it connections break, and none is made */
  close(instead?: Instead): void;
  /** @returns what was refused since it closed; undefined where it was open */
  open(): Refused | undefined;
}

export function createGate(): Gate {
  const connections = new Set<Socket>();
  let refused: Refused | undefined;
  let answer: Instead | undefined;
  return {
    admits: () => {
      if (!refused || answer) return true;
      refused.refusedConnections++;
      return false;
    },
    admitted: (real) => {
      connections.add(real);
      real.once('close', () => connections.delete(real));
    },
    instead: () => {
      if (refused && answer) refused.answeredRequests++;
      return answer;
    },
    close: (instead) => {
      const brokenConnections = instead ? 0 : connections.size;
      refused ??= { brokenConnections, refusedConnections: 0, answeredRequests: 0 };
      answer = instead;
      if (!instead) for (const real of connections) real.destroy();
    },
    open: () => {
      const counted = refused;
      refused = undefined;
      answer = undefined;
      return counted;
    },
  };
}
