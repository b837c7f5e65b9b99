import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { random } from '../plan/random.ts';
import { quantile } from './fit.ts';

/** Positions of the ring and points an endpoint (loadbalancingexporter, consistent_hashing.go). */
const positions = 36_000;
const pointsEach = 100;
const drawnRings = 200;
/** Each point is the checksum of the endpoint with one byte behind it. */
const suffixes = Array.from({ length: pointsEach }, (_, i) => Buffer.of(i));

/** Each endpoint's exact share of the ring. */
export function ringShares(endpoints: readonly string[]): number[] {
  const owners = new Map<number, number>();
  endpoints.forEach((endpoint, owner) => {
    const ofEndpoint = crc32(endpoint);
    for (const suffix of suffixes) {
      const at = crc32(suffix, ofEndpoint) % positions;
      if (!owners.has(at)) owners.set(at, owner);
    }
  });
  const taken = [...owners].sort(([a], [b]) => a - b);
  const shares = endpoints.map(() => 0);
  taken.forEach(([at, owner], i) => {
    const before = taken[i - 1]?.[0] ?? (taken.at(-1)?.[0] ?? 0) - positions;
    shares[owner] = (shares[owner] ?? 0) + (at - before) / positions;
  });
  return shares;
}

/**
 * The largest share that one of so many pods gets. Pods' addresses are new with each start, so it
 * is the 95th percentile over seeded addresses, each ring exact.
 */
export function largestShare(replicas: number, seed: number): number {
  if (replicas <= 1) return 1;
  const stream = random(seed, `ring/${replicas}`);
  const largest = Array.from({ length: drawnRings }, () => {
    const endpoints = Array.from(
      { length: replicas },
      () => `10.${stream.below(256)}.${stream.below(256)}.${stream.below(256)}:4317`,
    );
    return Math.max(...ringShares(endpoints));
  });
  return quantile(
    largest.sort((a, b) => a - b),
    0.95,
  );
}
