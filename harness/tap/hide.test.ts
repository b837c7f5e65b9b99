import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createHiding } from './hide.ts';
import { hideAnswer, hideRequest } from './hide-request.ts';
import { streamStart } from './snappy.ts';
import { frame } from './tap.testing.ts';

const form = (text: string, shown: string) => ({
  form: Buffer.from(text).toString('base64'),
  shown,
});
const hiding = createHiding([form('hunter22', 'ABCDEFGH'), form('hunter', 'abcdef')]);
const idle = createHiding([]);
/** A literal and nothing else is a block of snappy, and a chunk of a stream. */
const snappyOf = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([bytes.length, (bytes.length - 1) << 2]), bytes]);
const snappyStreamOf = (bytes: Buffer): Buffer => {
  const chunk = Buffer.concat([Buffer.alloc(4), snappyOf(bytes)]);
  return Buffer.concat([streamStart, Buffer.from([0, chunk.length, 0, 0]), chunk]);
};
const meta = { path: '/v1/traces?k=hunter22', encoding: 'identity', grpc: false };

describe('createHiding', () => {
  it('hides a longer form before one that it contains, wherever it stands', () => {
    expect(hiding.text('hunter22,hunter22 hunter2')).toBe('ABCDEFGH,ABCDEFGH abcdef2');
  });

  it('gives the same bytes back where there is nothing to hide', () => {
    const bytes = Buffer.from('plain');
    expect(hiding.bytes(bytes)).toBe(bytes);
  });

  it('never changes what it was given', () => {
    const bytes = Buffer.from('hunter22');
    hiding.bytes(bytes);
    expect(bytes.toString()).toBe('hunter22');
  });

  it('hides in lines, however they are cut', () => {
    const text = 'a hunter22\nhunter\nrest hunter22';
    for (let cut = 0; cut <= text.length; cut++) {
      const lines = hiding.lines();
      const shown = [
        lines.next(Buffer.from(text.slice(0, cut))),
        lines.next(Buffer.from(text.slice(cut))),
        lines.rest(),
      ];
      expect(Buffer.concat(shown).toString()).toBe('a ABCDEFGH\nabcdef\nrest ABCDEFGH');
    }
  });

  it('holds no more than a megabyte of a line without end, and still hides in it', () => {
    const lines = hiding.lines();
    const piece = Buffer.from(`${'x'.repeat(65_533)}hunter22`);
    let [held, shown] = [0, ''];
    for (let i = 0; i < 64; i++) {
      const next = lines.next(piece);
      held += piece.length - next.length;
      shown += next.toString();
      expect(held).toBeLessThan(2 << 20);
    }
    shown += lines.rest().toString();
    expect(shown.length).toBe(64 * piece.length);
    expect(shown).not.toContain('hunter');
  });
});

describe('a request', () => {
  const body = Buffer.from('key=hunter22;');

  it('is the very same where nothing is hidden', () => {
    const request = { meta, payload: body };
    expect(hideRequest(request, idle)).toEqual(request);
    expect(hideRequest(request, idle).payload).toBe(body);
  });

  it('has its path and its payload hidden', () => {
    expect(hideRequest({ meta, payload: body }, hiding)).toEqual({
      meta: { ...meta, path: '/v1/traces?k=ABCDEFGH' },
      payload: Buffer.from('key=ABCDEFGH;'),
    });
  });

  it.each([
    ['gzip', gzipSync(body)],
    ['zstd', zstdCompressSync(body)],
    ['snappy', snappyOf(body)],
    ['x-snappy-framed', snappyStreamOf(body)],
  ])('compressed by %s is written uncompressed', (encoding, payload) => {
    const http = hideRequest({ meta: { ...meta, encoding }, payload }, hiding);
    expect(http.meta.encoding).toBe('identity');
    expect(http.payload.toString()).toBe('key=ABCDEFGH;');
    const framed = frame(payload);
    framed[0] = 1;
    const grpc = hideRequest({ meta: { ...meta, encoding, grpc: true }, payload: framed }, hiding);
    expect(grpc.payload).toEqual(frame(Buffer.from('key=ABCDEFGH;')));
  });

  it('compressed is written as it was sent where it holds nothing to hide', () => {
    const payload = gzipSync(Buffer.from('plain'));
    expect(hideRequest({ meta: { ...meta, encoding: 'gzip' }, payload }, hiding).payload).toBe(
      payload,
    );
  });

  it.each([
    ['of an encoding that is not known', 'lz4', body],
    ['that is no snappy', 'snappy', body],
    ['that is damaged', 'gzip', gzipSync(body).subarray(0, 20)],
  ])('%s is written without its payload', (_, encoding, payload) => {
    const shown = hideRequest({ meta: { ...meta, encoding }, payload }, hiding);
    expect(shown.meta.encoding).toBe(encoding);
    expect(shown.payload).toHaveLength(0);
  });
});

describe('an answer', () => {
  const body = Buffer.from('bad key hunter22');

  it('is hidden as it is, and in gzip', () => {
    expect(hideAnswer(body, hiding).toString()).toBe('bad key ABCDEFGH');
    expect(hideAnswer(gzipSync(body), hiding).toString()).toBe('bad key ABCDEFGH');
    const plain = gzipSync(Buffer.from('fine'));
    expect(gunzipSync(hideAnswer(plain, hiding)).toString()).toBe('fine');
  });

  it('in a frame stays in one', () => {
    expect(hideAnswer(frame(body), hiding)).toEqual(frame(Buffer.from('bad key ABCDEFGH')));
    const zipped = frame(gzipSync(body));
    zipped[0] = 1;
    expect(hideAnswer(zipped, hiding)).toEqual(frame(Buffer.from('bad key ABCDEFGH')));
    const snapped = frame(snappyStreamOf(body));
    snapped[0] = 1;
    expect(hideAnswer(snapped, hiding)).toEqual(frame(Buffer.from('bad key ABCDEFGH')));
  });

  it('that can’t be looked into is cut off behind its beginning', () => {
    const unknown = frame(body);
    unknown[0] = 1;
    const answers = [unknown, gzipSync(body).subarray(0, 20)];
    for (const payload of answers.map((answer) => hideAnswer(answer, hiding))) {
      expect(payload.toString()).not.toContain('hunter');
      expect(payload.length).toBeLessThan(6);
      expect(payload.length).toBeGreaterThan(0);
    }
  });
});
