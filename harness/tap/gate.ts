import type { Socket } from 'node:net';
import { countItems } from './count-items.ts';
import type { RequestRecord } from './format.ts';
import type { Instead } from './instead.ts';

/** What a closed gate kept from the real endpoint, or from those who sent to it. */
export interface Refused {
  /** Connections that were open when it closed. */
  brokenConnections: number;
  /** Connections that were tried while it was closed. */
  refusedConnections: number;
  /** Requests that were answered in the real endpoint's stead, or whose connection was reset. */
  answeredRequests: number;
  /** Answers that waited for as long as they were to. */
  delayedRequests: number;
  /** From the requests to those answers, as the tap's clock has it; 0 where there were none. */
  shortestMs: number;
  longestMs: number;
}

/** How one request is met, and how many items it has where that is asked for. */
export interface Met {
  readonly instead: Instead;
  readonly items: number;
}

/**
 * The way from a tap to the real endpoint. Closed, it is as if that one's process were gone, or as
 * if it answered each request with one error, late, or not at all.
 */
export interface Gate {
  /** Whether a connection may be made; one that may not is counted. */
  admits(): boolean;
  /** A connection was made: it breaks when the gate closes. */
  admitted(real: Socket): void;
  /** How a request is met, and counted; undefined: it passes. */
  meet(request: Pick<RequestRecord, 'meta' | 'payload'>): Met | undefined;
  /**
   * Calls back when an answer has waited, or the gate opens.
   * @param sinceMs when its request came, by `performance.now()`
   */
  hold(sinceMs: number, byMs: number, then: () => void): void;
  /** @param instead how requests are met; without it connections break, and none is made */
  close(instead?: Instead): void;
  /** @returns what was refused since it closed; undefined where it was open */
  open(): Refused | undefined;
}

const nobody: Refused = {
  brokenConnections: 0,
  refusedConnections: 0,
  answeredRequests: 0,
  delayedRequests: 0,
  shortestMs: 0,
  longestMs: 0,
};

export function createGate(): Gate {
  const connections = new Set<Socket>();
  const held = new Set<() => void>();
  let refused: Refused | undefined;
  let instead: Instead | undefined;
  return {
    admits: () => {
      if (!refused || instead) return true;
      refused.refusedConnections++;
      return false;
    },
    admitted: (real) => {
      connections.add(real);
      real.once('close', () => connections.delete(real));
    },
    meet: (request) => {
      if (!refused || !instead) return undefined;
      if (instead.status === 'slow') return { instead, items: 0 };
      if (refused.answeredRequests >= (instead.first ?? Number.POSITIVE_INFINITY)) return undefined;
      // Of what can't be counted nobody could say that all of it is rejected.
      const items = instead.status === 'partial-success' ? countItems(request) : 0;
      if (items === undefined) return undefined;
      refused.answeredRequests++;
      return { instead, items };
    },
    hold: (sinceMs, byMs, then) => {
      const release = (): void => {
        clearTimeout(timer);
        held.delete(release);
        then();
      };
      const counted = refused;
      const timer = setTimeout(() => {
        if (counted) countLatency(counted, performance.now() - sinceMs);
        release();
      }, byMs);
      held.add(release);
      if (!refused) release();
    },
    close: (how) => {
      const brokenConnections = how ? 0 : connections.size;
      refused ??= { ...nobody, brokenConnections };
      instead = how;
      if (!how) for (const real of connections) real.destroy();
    },
    open: () => {
      const counted = refused;
      refused = undefined;
      instead = undefined;
      for (const release of held) release();
      return counted;
    },
  };
}

function countLatency(counted: Refused, latencyMs: number): void {
  const isFirst = counted.delayedRequests++ === 0;
  counted.shortestMs = isFirst ? latencyMs : Math.min(counted.shortestMs, latencyMs);
  counted.longestMs = Math.max(counted.longestMs, latencyMs);
}
