/** What `npm run benchmark` measures. */
export const benchmarkParts = [
  'steady',
  'writer',
  'senders',
  'ledger',
  'routes',
  'predict',
] as const;
export type BenchmarkPart = (typeof benchmarkParts)[number];
