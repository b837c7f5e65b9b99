import { object, text } from '../../pipeline/read.ts';
import type { Component } from '../../pipeline/types.ts';
import type { Surroundings } from './sight.ts';

/** Of the protocols themselves, and of what stands between: who knows what these are. */
const everybodysHeader =
  /^(:|grpc-|x-forwarded-|content-|accept|host$|te$|user-agent$|connection$|authorization$|via$|trace|baggage$|b3$|x-b3-)/;

/**
 * Whether a `request[...]` condition of a routing connector matches what came by a request. One
 * that does not have the header never matches, by `!=` neither (routingconnector v0.152.0,
 * request.go). The load sends none of its own, and an exporter those of its `headers`: what came in
 * with a request is not handed on with the next.
 *
 * @returns undefined where that can't be told
 */
export function requestMatches(condition: string, around: Surroundings): boolean | undefined {
  const parts = /^\s*request\["(.+)"\]\s*(==|!=)\s*"(.*)"\s*$/.exec(condition);
  if (!parts || around.senders === undefined) return undefined;
  const [, name = '', comparator, value = ''] = parts;
  if (everybodysHeader.test(name.toLowerCase())) return undefined;
  if (around.senders.length === 0) return false;
  // What hands it on in batches of its own hands on no header.
  const isKept = around.before.every(({ type }) => type !== 'batch' && type !== 'tail_sampling');
  const answers = new Set(
    around.senders.map((exporter) => {
      const sent = headerOf(exporter, name.toLowerCase());
      if (sent === none) return false;
      return sent === undefined || !isKept ? undefined : (sent === value) === (comparator === '==');
    }),
  );
  return answers.size === 1 ? [...answers][0] : undefined;
}

const none = Symbol('no such header');

/** What an exporter sends of a header; undefined where that is told at run time. */
function headerOf({ config }: Component, name: string): string | undefined | typeof none {
  if (config.auth !== undefined) return undefined;
  const own = Object.entries(object(config.headers)).find(([key]) => key.toLowerCase() === name);
  if (!own) return none;
  const written = text(own[1]);
  return written === undefined || written.includes('$') ? undefined : written;
}
