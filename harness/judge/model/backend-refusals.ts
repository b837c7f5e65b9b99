/** What a backend says of a request that it refuses, and what fits as a fix. */
interface Rule {
  readonly says: RegExp;
  readonly fix: string;
}

/** Words of authenticators among them (contrib v0.152.0, extension/{basic,bearertoken}auth). */
const credentials =
  /Unauthenticated|PermissionDenied|no org id|unauthorized|forbidden|authorization header|authentication did|status 40[13]\b/i;

/** Whether that is why a request was refused. */
export const asksForCredentials = (said: string): boolean => credentials.test(said);

/**
 * By the codes of HTTP and gRPC, and by words that Prometheus, Loki, Tempo and grpc-go use. What is
 * over a rate, or unavailable, is left to the finding's own fix.
 */
const rules: readonly Rule[] = [
  {
    says: /^partial success/,
    fix: 'correct what the backend rejects, by its own words in the exporter’s log (Partial success response): it is counted as sent, and never sent again',
  },
  {
    says: /unsupported (compression|content|media)|Decompressor is not installed|\b415\b/i,
    fix: 'set the exporter’s compression and encoding to what the backend takes (gzip by default)',
  },
  {
    says: credentials,
    fix: 'give the exporter the credentials or the tenant that it is asked for: auth, headers',
  },
  {
    says: /too large|larger than max|TOO_LARGE|exceeds? the (max|size)|status 413\b/i,
    fix: 'send less in one request (max_size of sending_queue.batch), or raise the size that the backend takes',
  },
  {
    says: /out of order|too far behind|too old|out of bounds|duplicate sample/i,
    fix: 'widen the window in which the backend takes what is older than the rest, or send it sooner',
  },
];

/** @returns undefined where it says nothing that has a fix of its own */
export const fixOfRefusal = (said: string): string | undefined =>
  rules.find(({ says }) => says.test(said))?.fix;
