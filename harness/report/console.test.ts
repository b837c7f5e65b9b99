import { describe, expect, it } from 'vitest';
import { paint, renderConsole } from './console.ts';
import { check, finding, verdict } from './testing.ts';

const render = (over: Parameters<typeof verdict>[0] = {}): string =>
  renderConsole(
    { verdict: verdict(over), folder: 'reports/small/run', folderBytes: 48_000_000 },
    paint(false),
  );

describe('renderConsole', () => {
  it('says the verdict, the account, where the report is and how big the folder', () => {
    const text = render();
    expect(text).toContain('✔ PASS  small on two-tier (embedded, seed 7)');
    expect(text).toContain('3 lost at gateway (held-by-killed)');
    expect(text).toContain('report: reports/small/run/report.html (folder: 48.0 MB)');
    expect(text).not.toContain('again:');
  });

  it('fits one screen however much was found, and shows at least one finding', () => {
    const findings = Array.from({ length: 30 }, (_, i) => finding({ hop: `hop-${i}` }));
    const checks = [
      ...Array.from({ length: 16 }, () => check()),
      check({ verdict: 'fail', findings }),
    ];
    const text = render({ verdict: 'fail', checks });
    expect(text.split('\n').length).toBeLessThanOrEqual(46);
    expect(text).toContain('hop-0, gateway: spans');
    expect(text).toMatch(/\.\.\. and \d+ more in report.html/);
    expect(text).toContain('again: npm run scenario -- small --seed 7');
  });

  it('hides secrets', () => {
    expect(render({ fidelity: ['password=hunter2'] })).not.toContain('hunter2');
  });
});
