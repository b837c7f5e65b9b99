import { describe, expect, it } from 'vitest';
import { decodeAttributes, decodeCore, decodeResource } from '../lib/otlp/decode.ts';
import { logLayout, scanItem, scannedItem, scanRequest, spanLayout } from '../lib/otlp/scan.ts';
import { canaryPlaces } from '../scenario/canaries.ts';
import { decodeScenario } from '../scenario/decode.ts';
import { buildPlan } from './build.ts';
import { createEncoder } from './encode.ts';
import { delimited, fixed64Field, keyValues, textField } from './protobuf.ts';
import type { Plan } from './types.ts';

const scenarioOf = (canaries: string) =>
  decodeScenario(
    's.yaml',
    `
name: small
about: Secrets everywhere.
pipeline: two-tier
load:
  - traces: checkout
    rate: 50/s
    services: [frontend, checkout, payment]
    logs: { perSpan: 0.5 }
    metrics: { every: 2s }
    canaries: ${canaries}
phases: [{ for: 10s }]
expect: [{ decided: as-predicted }]
`,
    [],
  );
const planOf = (canaries: string, seed = 7): Plan =>
  buildPlan(scenarioOf(canaries), { workerNodes: 2, podsOfTier: () => 2 }, seed);

const everywhere = `{ user.token: { share: 20%, in: [${canaryPlaces.join(', ')}] } }`;

function bytesOf(plan: Plan): Buffer[] {
  const addressOfPod = plan.pods.map(() => '10.9.0.1');
  const encoder = createEncoder(plan, { startMs: 1_800_000_000_000, addressOfPod });
  return plan.blocks.map((block) => {
    const buffer = Buffer.alloc(encoder.size(block));
    return buffer.subarray(0, encoder.write(block, buffer, 0));
  });
}

/** The value of a span's attribute may begin as others do. */
const times = (bytes: Buffer, value: string): number =>
  bytes.toString('latin1').match(new RegExp(`${value}(?![\\da-f]{7})`, 'g'))?.length ?? 0;

describe('canaries', () => {
  it('stand at each place, on the share that is asked for, each with a value of its own', () => {
    const plan = planOf(everywhere);
    const blocks = bytesOf(plan);
    expect(new Set(plan.canaries.map(({ value }) => value)).size).toBe(canaryPlaces.length);
    const found = plan.canaries.map(({ place, value }) => {
      const sum = blocks.reduce((total, bytes) => total + times(bytes, value), 0);
      return [place, sum] as const;
    });
    const counts = Object.fromEntries(found) as Record<string, number>;
    for (const place of ['spanAttribute', 'spanName', 'event', 'link']) {
      expect(counts[place], place).toBe(100);
    }
    for (const place of ['logAttribute', 'logBody']) {
      expect(counts[place], place).toBeGreaterThan(30);
      expect(counts[place], place).toBeLessThan(70);
    }
    const share = (some: number) => Math.round(0.2 * some);
    const metrics = plan.blocks.filter(({ signal }) => signal === 'metrics').length;
    expect(counts.resource).toBe(share(plan.blocks.length));
    expect(counts.metricLabel).toBe(2 * share(metrics));
    expect(counts.exemplar).toBe(share(metrics));
    plan.blocks.forEach((block, i) => {
      for (const { place, value } of plan.canaries) {
        const seen = times(blocks[i] as Buffer, value) > 0;
        const signals = place.startsWith('log')
          ? ['logs']
          : place === 'metricLabel' || place === 'exemplar'
            ? ['metrics']
            : place === 'resource'
              ? [block.signal]
              : ['traces'];
        if (seen) expect(signals, place).toContain(block.signal);
      }
    });
  });

  it('can be read where they are said to stand', () => {
    const plan = planOf(everywhere);
    const valueAt = (place: string) => plan.canaries.find((c) => c.place === place)?.value ?? '';
    const seen = new Set<string>();
    const note = (place: string, found: unknown) => {
      if (found === valueAt(place) || String(found).endsWith(` ${valueAt(place)}`)) seen.add(place);
    };
    bytesOf(plan).forEach((bytes, i) => {
      const { signal } = plan.blocks[i] as Plan['blocks'][number];
      const scanned = scannedItem();
      if (signal === 'metrics') return;
      scanRequest(bytes, 0, bytes.length, {
        resource: (from, to) => note('resource', decodeResource(bytes, from, to)['user.token']),
        scope: () => undefined,
        item: (from, to) => {
          const layout = signal === 'traces' ? spanLayout : logLayout;
          scanItem(bytes, from, to, layout, scanned);
          const own = decodeAttributes(bytes, from, to, layout.attributes)['user.token'];
          note(signal === 'traces' ? 'spanAttribute' : 'logAttribute', own);
          const core = decodeCore(bytes, from, to, signal);
          if (signal === 'traces') note('spanName', core.name);
          const body = Buffer.from(core.body ?? '', 'hex').toString('utf8');
          if (signal === 'logs') note('logBody', body);
          for (const [place, name, field] of [
            ['event', 'events', 3],
            ['link', 'links', 4],
          ] as const) {
            const inner = Buffer.from(core[name] ?? '', 'hex');
            note(place, decodeAttributes(inner, 0, inner.length, field)['user.token']);
          }
        },
      });
    });
    expect([...seen].sort()).toEqual(
      canaryPlaces.filter((p) => p !== 'metricLabel' && p !== 'exemplar').toSorted(),
    );
  });

  it('elsewhere change no span that has none, and say something else with each seed', () => {
    const plain = planOf('{ a: 10% }');
    const more = planOf('{ a: 10%, b: { share: 10%, in: [event, resource] } }');
    expect(more.hash).not.toBe(plain.hash);
    expect(more.traces).toEqual(plain.traces);
    expect(more.spans.startOffsetNanos).toEqual(plain.spans.startOffsetNanos);
    expect(more.spanOrder).toEqual(plain.spanOrder);
    const other = planOf('{ a: 10%, b: { share: 10%, in: [event, resource] } }', 8);
    expect(other.canaries[1]?.value).not.toBe(more.canaries[1]?.value);
  });

  it('in the attributes of root spans are planned as they were before there were other places', () => {
    const short = planOf('{ a: 10% }');
    expect(planOf('{ a: { share: 10%, in: spanAttribute } }').hash).toBe(short.hash);
    expect(short.blocks.some((block) => 'secrets' in block)).toBe(false);
    expect(short.templates.some((template) => 'secrets' in template)).toBe(false);
    expect(short.canaries).toEqual([
      { loadIndex: 0, place: 'spanAttribute', key: 'a', value: 'canary-checkout-0' },
    ]);
  });

  it('are a mistake where nothing is sent that could carry them, or nothing has that name', () => {
    const text = (canaries: string, expectation: string) => `
name: s
about: x
pipeline: two-tier
load: [{ traces: a, rate: 50/s, canaries: ${canaries} }]
phases: [{ for: 10s }]
expect: [${expectation}]
`;
    const mistake = (canaries: string, expectation: string) => () =>
      decodeScenario('s.yaml', text(canaries, expectation), []);
    expect(mistake('{ k: { share: 1%, in: logBody } }', '{ lost: { spans: 0 } }')).toThrow(
      /canary "k" is to stand in logBody, and the load sends none/,
    );
    expect(mistake('{ k: { share: 1%, in: exemplar } }', '{ lost: { spans: 0 } }')).toThrow(
      /add metrics: { every: 5s }/,
    );
    expect(mistake('{}', '{ leaked: { spans: 0 } }')).toThrow(/nothing can leak/);
    expect(mistake('{ key: 1% }', '{ leaked: { spans: 0, of: [kye] } }')).toThrow(
      /unknown canary "kye".*did you mean "key"/,
    );
    expect(mistake('{ k: { share: 1%, in: body } }', '{ leaked: { spans: 0 } }')).toThrow(
      /canaries/,
    );
  });
});

describe('a span’s digest', () => {
  it('is the same whatever the order of the fields in its events and links, else another', () => {
    const time = fixed64Field(1, 5n);
    const name = textField(2, 'e');
    const attribute = keyValues(3, { k: 'v' });
    const turned = delimited(3, [...delimited(2, textField(1, 'v')), ...textField(1, 'k')]);
    const digest = (...event: number[][]): number => {
      const bytes = Buffer.from([
        ...delimited(1, new Uint8Array(16)),
        ...delimited(11, event.flat()),
      ]);
      const scanned = scannedItem();
      scanItem(bytes, 0, bytes.length, spanLayout, scanned);
      return scanned.coreDigest;
    };
    const own = digest(time, name, attribute);
    expect(digest(turned, name, time)).toBe(own);
    expect(digest(time, name)).not.toBe(own);
    expect(digest(time, name, keyValues(3, { k: 'w' }))).not.toBe(own);
    expect(digest(time, name, keyValues(3, { v: 'k' }))).not.toBe(own);
  });
});
