import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedRequest, PlannedUsers } from '../plan/types.ts';

/** How a user's request ended. */
export interface UserOutcome {
  /** Its number in the plan. */
  readonly request: number;
  readonly sentMs: number;
  readonly answeredMs: number;
  /** 0 where no answer came. */
  readonly status: number;
}

/** What k6 sends for a request: `[dueMs, path, traceparent]`. */
export type UserRequest = readonly [dueMs: number, path: string, traceparent: string];

/** Writes users' requests beside the blocks, for the load script. */
export function writeUsers({ requests }: PlannedUsers, folder: string): void {
  const index = { requests: requests.map(requestOf), perSecond: perSecond(requests) };
  writeFileSync(join(folder, 'users.json'), JSON.stringify(index));
}

/** The user samples each of its requests, as browsers do that take part in traces. */
const requestOf = ({ order, atMs, traceId, spanId, fails }: PlannedRequest): UserRequest => [
  atMs,
  `/orders/${order}${fails === undefined ? '' : `?fails=${fails}`}`,
  `00-${traceId}-${spanId}-01`,
];

function perSecond(requests: readonly PlannedRequest[]): number[] {
  const counts = new Array<number>(Math.ceil((requests.at(-1)?.atMs ?? 0) / 1_000) + 1).fill(0);
  for (const { atMs } of requests) {
    const second = Math.floor(atMs / 1_000);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}

/** One console line of the load script: `user <n> <sent> <answered> <status>`. */
export function parseUserOutcome(line: string): UserOutcome | undefined {
  const match = /^user (\d+) (\d+) (\d+) (\d+)$/.exec(line.trim());
  if (!match) return undefined;
  const [request = 0, sentMs = 0, answeredMs = 0, status = 0] = match.slice(1).map(Number);
  return { request, sentMs, answeredMs, status };
}
