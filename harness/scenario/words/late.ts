import { count, share, strict } from './forms.ts';

/** What became of spans that came after their trace's decision. */
export const late = strict({
  late: strict({ joined: share, orphaned: count.optional() }),
}).transform(({ late: { joined, orphaned } }) => ({
  check: 'late' as const,
  joinedShare: joined,
  orphaned: orphaned ?? 0,
}));
