import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withCard } from './card.ts';
import { readCard } from './card-files.ts';
import { findingKinds, findings } from './judge/findings.ts';
import { listScenarios } from './scenarios.ts';
import { scenariosMarkdown } from './scenarios-readme.ts';
import {
  read,
  relativeLinks,
  repositoryFiles,
  root,
  withCommentsIndented,
} from './tidy.testing.ts';

/** What is written for people stays true. */
const markdown = repositoryFiles().filter((path) => path.endsWith('.md'));

/** Where commands are added beside `main.ts`. */
const commandFiles = ['without-a-run', 'add-size'].map((name) => `harness/commands/${name}.ts`);

describe('every text', () => {
  it('holds no to-do mark', () => {
    const marks = ['TO-DO', 'FIX-ME', 'XX-X', 'HA-CK'].map((mark) => mark.replace('-', ''));
    const mark = new RegExp(`\\b(${marks.join('|')})\\b`);
    const written = repositoryFiles().filter((path) =>
      /\.(ts|js|sh|md|ya?ml|json)$|\/run$/.test(path),
    );
    expect(written.filter((path) => mark.test(read(path)))).toEqual([]);
  });

  it('links to what is there', () => {
    const broken = markdown.flatMap((path) =>
      relativeLinks(read(path))
        .filter((link) => !existsSync(join(root, dirname(path), decodeURIComponent(link))))
        .map((link) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('names no machine and no registry: it is the same for everybody', () => {
    const host = (...parts: string[]): string => parts.join('\\.');
    const registries = [
      host('registry', 'npmjs', 'org'),
      host('registry', 'yarnpkg', 'com'),
      host('proxy', 'golang', 'org'),
      host('pypi', 'org'),
      host('pythonhosted', 'org'),
      host('deb', 'debian', 'org'),
    ];
    const folders = ['work', 'root', 'home', 'Users'].map((name) => `(?<![\\w.~-])/${name}/`);
    const foreign = new RegExp([...registries, ...folders, 'otel-'.concat('lab')].join('|'));
    const found = repositoryFiles().flatMap((path) => {
      const text = read(path);
      const place = text.includes('\0') ? undefined : foreign.exec(text)?.[0];
      return place ? `${path}: ${place}` : [];
    });
    expect(found).toEqual([]);
  });

  it('names files that exist', () => {
    const path = /`((?:harness|fixtures|scenarios)\/[\w./-]*\w)`/g;
    const known = (name: string): boolean => existsSync(join(root, name));
    const wrong = markdown.flatMap((file) =>
      [...read(file).matchAll(path)].flatMap(([, name = '']) =>
        known(name) ? [] : `${file}: ${name}`,
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('names commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const main = read('harness/main.ts') + commandFiles.map(read).join('');
    const wrong = markdown.flatMap((path) => {
      const run = [...read(path).matchAll(/\bnpm run (?:--?\w+ )*([\w:-]+)(?: -- (\w+))?/g)];
      return run
        .filter(([, script = '', command]) => {
          const known = script !== 'bench' || !command || main.includes(`.command('${command}')`);
          return !(script in scripts) || !known;
        })
        .map(([text]) => `${path}: ${text}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('package.json', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const all = { ...dependencies, ...devDependencies };

  it('pins every package exactly', () => {
    const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version));
    expect(loose).toEqual([]);
  });

  it('has no package without a reason in CONTRIBUTING.md, and the other way round', () => {
    const table = [...read('CONTRIBUTING.md').matchAll(/^\| (`[^|]+`) \|/gm)];
    const named = table.flatMap(([, cell = '']) => cell.match(/(?<=`)[@\w/.-]+(?=`)/g) ?? []);
    expect(named.toSorted()).toEqual(Object.keys(all).toSorted());
  });
});

describe('a finding', () => {
  const folder = 'harness/judge/findings';
  const sections = [
    'What it means',
    'Likely causes',
    'How to confirm',
    'How to fix',
    'When it is a false alarm',
  ];

  it('has a page, and a page has a finding', () => {
    const pages = markdown.flatMap((path) =>
      dirname(path) === folder ? path.slice(folder.length + 1, -3) : [],
    );
    expect(pages).toEqual([...findingKinds].sort());
  });

  it.each(findingKinds.filter((kind) => existsSync(join(root, folder, `${kind}.md`))))(
    '%s is explained section by section',
    (kind) => {
      const parts = withCommentsIndented(read(`${folder}/${kind}.md`)).split(/^(#+ .*)$/m);
      const headings = parts.filter((part) => /^#+ /.test(part));
      expect(headings).toEqual([
        `# ${findings[kind].title}`,
        ...sections.map((section) => `## ${section}`),
      ]);
      const texts = headings.slice(1).map((heading) => parts[parts.indexOf(heading) + 1] ?? '');
      expect(texts.filter((text) => text.trim().length < 80)).toEqual([]);
    },
  );
});

describe('the card in README.md', () => {
  it('is what the scenario files and their verdicts say', () => {
    const text = read('README.md');
    expect(text, 'out of date: npm run bench -- card').toBe(withCard(text, readCard()));
  });

  it('has no verdict of a scenario that is for no cell', () => {
    const { scenarios, results } = readCard();
    const names = scenarios.map(({ scenario }) => scenario.name);
    expect(results.filter(({ scenario }) => !names.includes(scenario))).toEqual([]);
  });
});

describe('the licences', () => {
  it('are said of each program, image and manifest that is run', () => {
    const versions: Record<string, object> = parse(read('fixtures/versions.yaml'));
    const run = ['binaries', 'images', 'manifests'].flatMap((of) =>
      Object.keys(versions[of] ?? {}),
    );
    const rows = [...read('fixtures/licences.md').matchAll(/^\| ([^|]*`[^|]+) \|[^|]+\| \S/gm)];
    const named = rows.flatMap(([, cell = '']) => cell.match(/(?<=`)[\w-]+(?=`)/g) ?? []);
    expect([...new Set(run)].toSorted()).toEqual([...new Set(named)].toSorted());
    expect(run.length).toBeGreaterThan(10);
  });
});

describe('scenarios/README.md', () => {
  it('is what the scenario files say', () => {
    const again = 'npm run --silent bench -- list --markdown > scenarios/README.md';
    expect(read('scenarios/README.md'), `out of date: ${again}`).toBe(
      scenariosMarkdown(listScenarios()),
    );
  });
});
