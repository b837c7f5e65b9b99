import { describe, expect, it } from 'vitest';
import { parseOutcome } from './outcomes.ts';

describe('parseOutcome', () => {
  it.each([
    ['block 7 1000 1004 200 0 0', 'acked'],
    ['block 7 1000 1004 200 0 2', 'acked'],
    ['block 7 1000 1004 200 0 12', 'unknown'],
    ['block 7 1000 1004 202 0 0', 'acked'],
    ['block 7 1000 1004 503 1503 9', 'refused'],
    ['block 7 1000 1004 0 1212 0', 'refused'],
    ['block 7 1000 11000 0 1050 0', 'unknown'],
    ['block 7 1000 1100 0 1220 0', 'unknown'],
  ])('%s', (line, outcome) => {
    expect(parseOutcome(line)).toMatchObject({ block: 7, sentMs: 1000, outcome });
  });

  it.each([
    // A google.rpc.Status of code 14, as an OTLP receiver answers with.
    [Buffer.concat([Buffer.from([0x08, 14, 0x12, 7]), Buffer.from('no room')]), 'no room'],
    [Buffer.concat([Buffer.from([0x08, 14, 0x12, 90]), Buffer.from('cut\nof')]), 'cut of'],
    [Buffer.from('404 page not found\n'), '404 page not found'],
    [Buffer.from([0xff, 0xfe]), '\ufffd\ufffd'],
  ])('tells what whoever refused it said: %j', (body, message) => {
    const line = `block 7 1000 1004 503 1503 ${body.length} ${body.toString('base64')}`;
    expect(parseOutcome(line)).toMatchObject({ outcome: 'refused', status: 503, message });
  });

  it('leaves other lines alone', () => {
    expect(parseOutcome('time="..." level=warning msg="something"')).toBeUndefined();
    expect(parseOutcome('block 7 1000')).toBeUndefined();
  });
});
