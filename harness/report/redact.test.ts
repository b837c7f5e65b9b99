import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

describe('redact', () => {
  it.each([
    ['Authorization: Bearer abc.def-123456', 'Authorization: Bearer (hidden)'],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic (hidden)'],
    ['{"authorization": "Bearer abcdef"}', '{"authorization": (hidden)}'],
    ['password=hunter2, next', 'password=(hidden), next'],
    ['{"api_key": "abc def", "a": 1}', '{"api_key": (hidden), "a": 1}'],
    ['http.request.header.cookie: session=1', 'http.request.header.cookie: (hidden)'],
    ['at https://me:word@host/x', 'at https://(hidden)@host/x'],
    ['eyJhbGciOiJI.eyJzdWIiOiIx.c2ln is one', '(hidden) is one'],
    ['AKIAABCDEFGHIJKLMNOP', '(hidden)'],
    ['my-bearertokenauth-token: abc', 'my-bearertokenauth-token: (hidden)'],
    ['found "canary-checkout-0"', 'found "(hidden)"'],
  ])('hides the secret in %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    'trace 32828c807f89f621a7c287ac882cd4d4 span 0398e0d3841d2a19',
    'plan 94fc61bcac6fd24a2c6889bdaddc132fe6599bdeb25cf7ccf1bcd6061cc73219',
    'attribute auth.token: expected (hidden), found none',
    'Kafka’s basic settings, the bearer of news',
    'otel/bearertokenauth: gw.yaml:7:3 extension "bearertokenauth": the image lacks it',
    'set decision_cache.sampled_cache_size: 100000',
  ])('leaves %s', (text) => {
    expect(redact(text)).toBe(text);
  });
});
