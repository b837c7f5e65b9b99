import { expect, it } from 'vitest';
import { readKnown } from './allocated.ts';

it('reads how many pods an allocator knows, and how many targets it has given out', () => {
  const metrics = `# TYPE opentelemetry_allocator_collectors_allocatable gauge
opentelemetry_allocator_collectors_allocatable{strategy="consistent-hashing"} 3
opentelemetry_allocator_targets_per_collector{collector_name="a-0",strategy="consistent-hashing"} 2
opentelemetry_allocator_targets_per_collector{collector_name="a-1",strategy="consistent-hashing"} 3
opentelemetry_allocator_targets_per_collector_other 9
`;
  expect(readKnown(metrics)).toEqual({ collectors: 3, targets: 5 });
  expect(readKnown('')).toEqual({ collectors: 0, targets: 0 });
});
