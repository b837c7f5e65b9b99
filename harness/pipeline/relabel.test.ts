import { describe, expect, it } from 'vitest';
import { relabel } from './relabel.ts';

const labels = { __name__: 'http_requests_total', path: '/cart', instance: 'shop:80', tmp_a: '1' };
const { __name__, path, instance, tmp_a } = labels;

describe('relabelling', () => {
  it.each([
    ['keeps what matches', { source_labels: ['path'], regex: '/c.*', action: 'keep' }, labels],
    [
      'drops nothing by a beginning',
      { source_labels: ['path'], regex: '/c', action: 'drop' },
      labels,
    ],
    [
      'joins source labels by a semicolon',
      {
        source_labels: ['path', 'instance'],
        regex: '(.*);(.*):.*',
        target_label: 'to',
        replacement: '$2$1',
      },
      { ...labels, to: 'shop/cart' },
    ],
    [
      'takes two dollars for one, and a name as far as it goes',
      { source_labels: ['path'], regex: '/(.*)', target_label: 'page', replacement: '$$1_x-$${1}' },
      { ...labels, page: '-cart' },
    ],
    [
      'replaces nothing where nothing matches',
      { source_labels: ['path'], regex: 'x', target_label: 'path', replacement: 'y' },
      labels,
    ],
    [
      'takes a part by its name',
      {
        source_labels: ['instance'],
        regex: '(?P<host>[[:alpha:]]+):\\d+',
        target_label: 'host',
        replacement: '$host',
      },
      { ...labels, host: 'shop' },
    ],
    [
      'takes a label away that gets no value',
      { source_labels: ['none'], target_label: 'path' },
      { __name__, instance, tmp_a },
    ],
    [
      'drops labels by name',
      { regex: 'tmp_.*', action: 'labeldrop' },
      { __name__, path, instance },
    ],
    ['keeps labels by name', { regex: '__name__|path', action: 'labelkeep' }, { __name__, path }],
    [
      'maps names',
      { regex: 'tmp_(.*)', replacement: 'real_$1', action: 'labelmap' },
      { ...labels, real_a: '1' },
    ],
    [
      'writes in capitals',
      { source_labels: ['path'], target_label: 'path', action: 'uppercase' },
      { ...labels, path: '/CART' },
    ],
    [
      'keeps what is equal',
      { source_labels: ['tmp_a'], target_label: 'tmp_a', action: 'keepequal' },
      labels,
    ],
    [
      // Python: int.from_bytes(hashlib.md5(b'/cart').digest()[8:], 'big') % 7
      'has a number for each value',
      { source_labels: ['path'], target_label: 'shard', modulus: 7, action: 'hashmod' },
      { ...labels, shard: '5' },
    ],
  ])('%s', (_, rule, after) => {
    expect(relabel(labels, [rule])).toEqual({ labels: after });
  });

  it.each([
    [{ source_labels: ['path'], regex: '/cart', action: 'drop' }],
    [{ source_labels: ['path'], regex: 'cart', action: 'keep' }],
    [{ source_labels: ['path'], regex: '(?i)/CART', action: 'drop' }],
    [{ source_labels: ['path'], regex: '\\A/[[:alpha:]]+\\z', action: 'drop' }],
    [{ source_labels: ['path'], regex: '\\Q/cart\\E', action: 'drop' }],
    [{ source_labels: ['tmp_a'], target_label: 'tmp_a', action: 'dropequal' }],
    [{ source_labels: ['path'], target_label: 'tmp_a', action: 'keepequal' }],
  ])('is dropped by the rule that does it: %j', (rule) => {
    const first = { regex: 'none', action: 'labeldrop' };
    expect(relabel(labels, [first, rule])).toEqual({ droppedBy: 1 });
  });

  it.each([
    [{ source_labels: ['path'], regex: '[[:alpha:', action: 'keep' }],
    [{ source_labels: ['path'], regex: '/\\pL+', action: 'keep' }],
    [{ source_labels: ['path'], regex: '(?U)(/+).*', target_label: 'a' }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as a collector's configuration has it
    [{ source_labels: ['path'], target_label: 'a', replacement: '${env:REGION}' }],
    [{ source_labels: ['path'], action: 'invent' }],
  ])('is not modelled: %j', (rule) => {
    expect(relabel(labels, [rule])).toEqual({ unmodelled: 0 });
  });
});
