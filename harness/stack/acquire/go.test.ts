import { mkdtemp } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { findGo, type GoToolchain, goEnvironment, goTooOld, requiredGo } from './go.ts';
import { cleanUp, fakeGo, goEnvCase, pathWith, temporaryDir } from './testing.ts';
import { FIXTURES_DIR } from './versions.ts';

afterEach(cleanUp);

const LINUX = { os: 'linux', arch: 'arm64' } as const;

function go(version: string, fetchesNewer = false): GoToolchain {
  return { version, fetchesNewer, buildCache: '/', moduleCache: '/' };
}

describe('whether a Go is new enough', () => {
  test.each([
    ['1.26.8', '1.26.5', true],
    ['1.26.5', '1.26.5', true],
    ['1.26.4', '1.26.5', false],
    ['1.9', '1.26.0', false],
    ['1.26', '1.26.0', true],
    ['1.27rc1', '1.26.5', true],
    ['devel +abc', '1.26.5', true],
  ])('%s for a module that asks for %s: %s', (version, required, enough) => {
    const reason = goTooOld(go(version), required);
    if (enough) expect(reason).toBeUndefined();
    else expect(reason).toBe(`Go ${required} or newer is needed, ${version} was found`);
  });

  test('an older one serves where it may fetch a newer toolchain, since 1.21', () => {
    expect(goTooOld(go('1.22.1', true), '1.26.5')).toBeUndefined();
    expect(goTooOld(go('1.20.14', true), '1.26.5')).toContain('1.20.14 was found');
  });
});

describe('asking go what it is', () => {
  const ask = async (envCase: string) => {
    const dir = await fakeGo({ env: envCase });
    return await findGo({ PATH: pathWith(dir) }, dir);
  };

  test.each([
    ['local', false],
    ['go1.26.8', false],
    ['auto', true],
    ['go1.24.0+auto', true],
    ['path', true],
  ])('with GOTOOLCHAIN=%s it fetches newer toolchains: %s', async (toolchain, fetchesNewer) => {
    const found = await ask(goEnvCase('go1.26.8', toolchain));
    expect(found).toEqual({ ok: true, go: { ...go('1.26.8', fetchesNewer) } });
  });

  test('no go, a failing go and a babbling go are reasons, not crashes', async () => {
    const dir = await mkdtemp(`${await temporaryDir()}/empty`);
    const missing = await findGo({ PATH: dir }, dir);
    expect(missing).toEqual({ ok: false, reason: 'no `go` on the PATH' });
    const failing = await ask('echo broken >&2; exit 2');
    expect(failing).toEqual({ ok: false, reason: '`go env` failed: broken' });
    expect(await ask('echo hello')).toMatchObject({ ok: false });
  });
});

test('the environment of go pins what decides the result, and keeps the rest', () => {
  const env = goEnvironment(
    {
      environment: { PATH: '/bin', GOPROXY: 'off', GOFLAGS: '-mod=mod', GOOS: 'plan9' },
      proxy: { https: 'http://proxy:3128' },
      caFile: '/ca.pem',
    },
    LINUX,
    '/build-folder',
  );
  expect(env).toMatchObject({
    PATH: '/bin',
    GOPROXY: 'off',
    HTTPS_PROXY: 'http://proxy:3128',
    SSL_CERT_FILE: '/ca.pem',
    GOFLAGS: '-buildvcs=false',
    CGO_ENABLED: '0',
    GOOS: 'linux',
    GOARCH: 'arm64',
  });
  const chosen = goEnvironment(
    { environment: { SSL_CERT_FILE: '/own.pem' }, caFile: '/ca.pem' },
    LINUX,
    '/build-folder',
  );
  expect(chosen.SSL_CERT_FILE).toBe('/own.pem');
});

test('the required Go is the go line of the module', async () => {
  expect(await requiredGo(`${FIXTURES_DIR}/binaries/loki`)).toMatch(/^1\.\d+\.\d+$/);
});
