import { describe, expect, it } from 'vitest';
import { requestInside } from './load.ts';

describe('what k6 is told in its container', () => {
  it('names files of the run’s folder and the script as it sees them, all else as it was', () => {
    const request = {
      script: '/repository/fixtures/load/send-blocks.js',
      blocksFolder: '/reports/steady/1/blocks',
      parts: 4,
      outcomesFile: '/reports/steady/1/evidence/outcomes.log',
      startMs: 5,
      urls: ['http://172.18.0.3:4318/v1/traces'],
    };
    expect(requestInside(request, '/reports/steady/1')).toEqual({
      ...request,
      script: '/scripts/send-blocks.js',
      blocksFolder: '/run-folder/blocks',
      outcomesFile: '/run-folder/evidence/outcomes.log',
    });
  });
});
