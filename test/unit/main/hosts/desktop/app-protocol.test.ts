import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pageResponse, pageSegments } from '../../../../../src/main/hosts/desktop/app-protocol.ts';
import { contentSecurityPolicy } from '../../../../../src/shared/contract/csp.ts';

vi.mock('electron', () => ({ protocol: {} }));

describe('the address of a page file', () => {
  it.each([
    ['app://netra/', ['index.html']],
    ['app://netra', ['index.html']],
    ['app://netra/#/sessions', ['index.html']],
    ['app://netra/assets/main.js?v=1', ['assets', 'main.js']],
    ['app://netra/a%20b.css', ['a b.css']],
    ['app://netra/../../main.js', ['main.js']],
  ])('%s is a file of the page', (address, segments) => {
    expect(pageSegments(address)).toEqual(segments);
  });

  it.each([
    'app://other/index.html',
    'app://netra.evil/index.html',
    'app://user@netra:1/index.html',
    'file:///etc/passwd',
    'https://netra/index.html',
    'app://netra//etc/passwd',
    'app://netra/%2e%2e/secret.js',
    'app://netra/..%2f..%2fsecret.js',
    'app://netra/..%5c..%5csecret.js',
    'app://netra/assets/%2Fetc%2Fpasswd',
    'app://netra/C:%5csecret.js',
    'app://netra/C:/secret.js',
    'app://netra/main.js%00.html',
    'app://netra/%zz.js',
    'not an address',
  ])('%s is none', (address) => {
    const inside = pageSegments(address);
    expect(inside === null || inside.every((segment) => !/^\.\.$|[/\\:\0]/.test(segment))).toBe(true);
    if (!address.includes('%2e%2e/')) expect(inside).toBeNull();
  });

  it('never leads out of the folder, whatever the path', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '%2e',
      '%2E%2e',
      '/',
      '%2f',
      '\\',
      '%5C',
      ':',
      '%00',
      'a',
      'b.js',
      '%',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const segments = pageSegments(`app://netra/${pieces.join('')}`) ?? [];
        const joined = join('/page', ...segments);
        expect(joined === '/page' || joined.startsWith('/page/')).toBe(true);
      }),
    );
  });
});

describe('the answer to the page', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'page-'));
    await writeFile(join(root, 'index.html'), '<p>page</p>');
    await writeFile(join(root, 'notes.secret'), 'not of a kind that a page has');
  });
  afterAll(() => rm(root, { recursive: true }));

  const answer = (path: string, method = 'GET'): Promise<Response> =>
    pageResponse(root, new Request(`app://netra${path}`, { method }));

  it('is the file with its type and the security headers', async () => {
    const response = await answer('/');
    expect(await response.text()).toBe('<p>page</p>');
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(),
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
  });

  it.each([
    ['/missing.js', 'GET', 404],
    ['/notes.secret', 'GET', 404],
    ['/..%2findex.html', 'GET', 404],
    ['/index.html', 'POST', 405],
  ])('to %s by %s is %i, with the security headers', async (path, method, status) => {
    const response = await answer(path, method);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy());
  });
});

describe('the content security policy', () => {
  it('lets nothing in from outside, runs no text as code, and cannot be framed', () => {
    const policy = contentSecurityPolicy();
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });
});
