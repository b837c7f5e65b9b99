import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mistakesIn } from './lib/errors.testing.ts';
import { UserError } from './lib/errors.ts';
import { readPipelineFiles, readStandardInput } from './pipeline-files.ts';
import { kustomizeWith, onceEach } from './shell/kustomize.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const texts = (render: () => string | undefined = () => undefined): string[] =>
  readPipelineFiles(folder, render).map(({ text }) => text);

const mistakes = (): readonly string[] => mistakesIn(texts);

describe('a folder of manifests', () => {
  it('is read in the order of names, with the folders in it', () => {
    write({
      'b.yaml': 'b',
      'a.yml': 'a',
      'c.txt': 'c',
      'agent/a.yaml': 'agent',
      '.git/x.yaml': 'x',
    });
    expect(texts()).toEqual(['a', 'agent', 'b']);
  });

  it('names everything that is no file, and waits for none', () => {
    symlinkSync('nowhere', join(folder, 'b.yaml'));
    symlinkSync('c.yaml', join(folder, 'c.yaml'));
    execFileSync('mkfifo', [join(folder, 'd.yaml')]);
    writeFileSync(join(folder, 'e.yaml'), '');
    truncateSync(join(folder, 'e.yaml'), 10_000_001);
    expect(mistakes()).toEqual([
      expect.stringContaining('b.yaml: no such file, or a link to none'),
      expect.stringContaining('c.yaml: a link that leads to itself'),
      expect.stringContaining('d.yaml: a pipe or a device, not a file'),
      expect.stringContaining('e.yaml: 10.0 MB, at most 10.0 MB are read'),
    ]);
  });

  it('does not follow a link around in a circle', () => {
    write({ 'a.yaml': 'a' });
    symlinkSync('.', join(folder, 'again'));
    expect(mistakes()[0]).toMatch(/again: leads back to a folder that leads here/);
    rmSync(join(folder, 'again'));
    write({ [`${'deep/'.repeat(14)}a.yaml`]: 'a' });
    expect(mistakes()[0]).toMatch(/levels deep/);
  });

  it('that is empty, or a chart, is refused with what helps', () => {
    expect(mistakes()[0]).toMatch(/no \.yaml file in it/);
    write({ 'collector/Chart.yaml': 'name: collector', 'collector/templates/a.yaml': '{{ x }}' });
    expect(mistakes()[0]).toMatch(
      /collector: a Helm chart has to be rendered first\. Hint: helm template .*collector \| npm run scenario -- <scenario> --pipeline -/,
    );
  });
});

describe('a kustomization', () => {
  it('is the files and folders that it lists, and no others', () => {
    write({
      'kustomization.yaml': 'resources: [b.yaml, ../base, a.yaml]',
      'a.yaml': 'a',
      'b.yaml': 'b',
      'unlisted.yaml': 'u',
    });
    expect(mistakes()[0]).toMatch(/kustomization.yaml: it lists \.\.\/base, which is not there/);
    write({ 'kustomization.yaml': 'resources: [b.yaml, base, a.yaml, a.yaml]' });
    write({ 'base/kustomization.yml': 'kind: Kustomization\nresources: [deep.yaml]' });
    write({ 'base/deep.yaml': 'deep', 'base/not.yaml': 'not' });
    expect(texts()).toEqual(['b', 'deep', 'a']);
  });

  it.each([
    ['resources: [a.yaml]\npatches: [{ path: p.yaml }]', /:2:1 a kustomization with "patches"/],
    ['resources: [a.yaml]\nnamePrefix: x-', /:2:1 a kustomization with "namePrefix"/],
    ['resources: [github.com/a/b?ref=v1]', /:1:13 github\.com\/a\/b\?ref=v1 is not fetched here/],
    ['configMapGenerator: [{ name: x }]', /:1:1 a kustomization with "configMapGenerator"/],
  ])('that does more is refused with the command that renders it: %s', (written, message) => {
    write({ 'kustomization.yaml': written, 'a.yaml': 'a' });
    const [mistake = ''] = mistakes();
    expect(mistake).toMatch(message);
    expect(mistake).toMatch(/Hint: render it: kubectl kustomize .* --pipeline -$/);
  });

  it('that does more is what kubectl makes of it, wherever it stands', () => {
    write({ 'kustomization.yaml': 'resources: [a.yaml, over]', 'a.yaml': 'a' });
    write({ 'over/kustomization.yaml': 'namePrefix: x-\nresources: [b.yaml]', 'over/b.yaml': 'b' });
    const asked: string[] = [];
    const read = readPipelineFiles(folder, (own) => {
      asked.push(own);
      return 'rendered';
    });
    expect(asked).toEqual([join(folder, 'over')]);
    expect(read.map(({ text }) => text)).toEqual(['a', 'rendered']);
    expect(read[1]?.path).toMatch(/over\/kustomization\.yaml, rendered$/);
  });

  it('that lists itself, or one folder again and again, is read in no time', () => {
    const each = (name: string): string => `resources: [${Array(9).fill(name).join(', ')}]`;
    write({ 'kustomization.yaml': each('.') });
    expect(mistakes()[0]).toMatch(/leads back to a folder that leads here/);
    const levels = Array.from({ length: 11 }, (_, i) => i);
    for (const i of levels) write({ [`l${i}/kustomization.yaml`]: each(`../l${i + 1}`) });
    write({ 'l11/a.yaml': 'a', 'kustomization.yaml': each('l0') });
    expect(texts()).toEqual(['a']);
  });

  it('lists no file that is outside its folder, by a link neither', () => {
    write({ 'own/kustomization.yaml': 'resources: [../a.yaml]', 'a.yaml': 'a' });
    const own = (): unknown => readPipelineFiles(join(folder, 'own'));
    const [mistake = ''] = mistakesIn(own);
    expect(mistake).toMatch(/it lists \.\.\/a\.yaml, a file outside its folder/);
    expect(mistake).toMatch(/LoadRestrictionsNone .*own \| npm run/);
    symlinkSync('../a.yaml', join(folder, 'own', 'b.yaml'));
    write({ 'own/kustomization.yaml': 'resources: [b.yaml]' });
    expect(mistakesIn(own)[0]).toMatch(/it lists b\.yaml, a file outside its folder/);
  });

  it('is rendered once, or refused once, however many runs ask', () => {
    let asked = 0;
    const render = onceEach((own) => {
      asked++;
      if (own === 'bad') throw new UserError('it is bad');
      return own;
    });
    expect([render('a'), render('a'), render('b')]).toEqual(['a', 'a', 'b']);
    for (let i = 0; i < 2; i++) expect(mistakesIn(() => render('bad'))).toEqual(['it is bad']);
    expect(asked).toBe(3);
  });

  it('is no option of the program, and none that hangs is waited for', () => {
    const told = join(folder, 'kubectl');
    writeFileSync(told, '#!/bin/sh\necho "$2"\n', { mode: 0o755 });
    expect(kustomizeWith(told)('--output=x')).toBe(`${process.cwd()}/--output=x\n`);
    writeFileSync(told, '#!/bin/sh\nexec /bin/sleep 60\n');
    expect(mistakesIn(() => kustomizeWith(told, 100)('/own'))).toEqual([
      '/own: kubectl kustomize refuses it: it did not come to an end',
    ]);
  });

  it('is rendered by a program that finds no other, and that is told no host', () => {
    const told = join(folder, 'kubectl');
    const script = '#!/bin/sh\necho "$1 $2 $PATH $HTTPS_PROXY $HTTP_PROXY"\n';
    writeFileSync(told, script, { mode: 0o755 });
    const nowhere = 'http://127.0.0.1:1';
    expect(kustomizeWith(told)('/own')).toBe(`kustomize /own  ${nowhere} ${nowhere}\n`);
    const refusing =
      '#!/bin/sh\necho \'E1129 16:00 1 run.go:72] "failed" err="no a.yaml"\' >&2; exit 1\n';
    writeFileSync(told, refusing);
    expect(mistakesIn(() => kustomizeWith(told)('/own'))).toEqual([
      '/own: kubectl kustomize refuses it: no a.yaml',
    ]);
  });

  it.each([
    ['resources: 1', /resources: found 1, expected a list/],
    ['resources: [{ a: 1 }]', /expected the path of a file or folder/],
    ['kind: Kustomization', /a kustomization without resources/],
    ['resources: [a', /YAML:/],
  ])('that is none is refused at its place: %s', (written, message) => {
    write({ 'kustomization.yaml': written });
    expect(mistakes()[0]).toMatch(message);
  });
});

it('a terminal is asked for nothing', () => {
  const [mistake] = mistakesIn(() => readStandardInput(true));
  expect(mistake).toMatch(/nothing came by the standard input/);
});
