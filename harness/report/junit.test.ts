import { describe, expect, it } from 'vitest';
import { renderJunit } from './junit.ts';
import { check, finding, timeline, verdict } from './testing.ts';

const render = (over: Parameters<typeof verdict>[0] = {}): string =>
  renderJunit({ verdict: verdict(over), timeline: timeline(), folder: 'x', folderBytes: 1 });

describe('renderJunit', () => {
  it('is one suite with one case a check: fail is a failure, unknown an error', () => {
    const text = render({
      verdict: 'fail',
      checks: [
        check(),
        check({ name: 'kept', subject: 'error', verdict: 'fail', findings: [finding()] }),
        check({ name: 'evidence', verdict: 'unknown', observed: 'a "gap" & more' }),
      ],
    });
    expect(text).toContain('<testsuite name="small" tests="3" failures="1" errors="1" skipped="0"');
    expect(text).toContain('time="12.345"');
    expect(text).toContain('timestamp="1970-01-01T00:16:40"');
    expect(text).toContain('<testcase classname="small" name="lost" time="0"/>');
    expect(text).toMatch(
      /name="kept error" time="0">\s*<failure type="held-by-killed" message="0 spans; expected at most 0 spans">/,
    );
    expect(text).toMatch(/name="evidence" time="0">\s*<error type="evidence" message="a &quot;gap/);
    expect(text).toContain(`trace ${'aa'.repeat(16)} span ${'bb'.repeat(8)}: killed &lt;first&gt;`);
  });

  it('is green for a scenario that is broken on purpose and found so', () => {
    const text = render({
      checks: [
        check({ verdict: 'fail', findings: [finding()] }),
        check({ name: 'found', expected: 'exactly held-by-killed', observed: 'held-by-killed' }),
      ],
    });
    expect(text).toContain('tests="2" failures="0" errors="0"');
    expect(text).not.toContain('<failure');
    expect(text).toContain('<system-out>held-by-killed at gateway: spans (3)');
  });

  it('is red for one in which something else was found', () => {
    const text = render({
      verdict: 'fail',
      checks: [
        check({ verdict: 'fail', findings: [finding({ kind: 'altered' })] }),
        check({ name: 'found', verdict: 'fail', expected: 'exactly held-by-killed' }),
      ],
    });
    expect(text).toContain('tests="2" failures="2" errors="0"');
  });

  it('holds no letter that XML forbids, and no secret', () => {
    const text = render({
      scenario: 'a\u0000\u001b[31mb\ud800c\u{1f600}',
      rerun: 'x token=abc123',
    });
    expect(text).toContain('name="a\ufffd\ufffd[31mb\ufffdc\u{1f600}"');
    expect(text).not.toContain('abc123');
  });
});
