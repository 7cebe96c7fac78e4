import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  folderCodeText,
  folderKey,
  pathRulesOf,
  trustIn,
} from '../../../../../src/shared/domain/permission/trust.ts';

const isTrusted = (platform: string, path: string, ...trusted: readonly string[]): boolean => {
  const rules = pathRulesOf(platform);
  const records = new Map(trusted.map((one) => [folderKey(one, rules), one]));
  return trustIn(path, records, rules) !== null;
};

describe('trust in a folder', () => {
  it.each([
    ['linux', '/home/ada/shop', '/home/ada/shop', true],
    ['linux', '/home/ada/shop/src', '/home/ada/shop', true],
    ['linux', '/home/ada/shop/', '/home/ada/shop', true],
    ['linux', '/home/ada/shopping', '/home/ada/shop', false],
    ['linux', '/home/ada', '/home/ada/shop', false],
    ['linux', '/home/ada/Shop', '/home/ada/shop', false],
    ['linux', '/anything', '/', true],
    ['linux', '/', '/', true],
    ['linux', '/', '/home', false],
    ['linux', '/a\\b/c', '/a\\b', true],
    ['darwin', '/Users/Ada/SHOP/x', '/users/ada/shop', true],
    ['darwin', '/Users/Zoe\u0308', '/Users/Zo\u00eb', true],
    ['win32', 'C:\\Work\\shop\\src', 'c:\\work\\SHOP', true],
    ['win32', 'C:\\Work', 'C:\\', true],
    ['win32', 'D:\\Work', 'C:\\', false],
    ['win32', 'C:\\Workshop', 'C:\\Work', false],
    ['win32', '\\\\server\\share\\x', '\\\\server\\share\\', true],
    ['win32', '\\\\server\\share2', '\\\\server\\share', false],
  ])('on %s: %s by %s is %s', (platform, path, trusted, expected) => {
    expect(isTrusted(platform, path, trusted)).toBe(expected);
  });

  it('holds for a folder exactly when it begins with a trusted one, part by part', () => {
    const part = fc.constantFrom('a', 'b', 'ab', 'a b');
    const parts = fc.array(part, { maxLength: 5 });
    fc.assert(
      fc.property(parts, fc.array(parts, { maxLength: 4 }), (path, trusted) => {
        const begins = trusted.some((one) => one.every((each, index) => path[index] === each));
        const asPath = (each: readonly string[]): string => `/${each.join('/')}`;
        expect(isTrusted('linux', asPath(path), ...trusted.map(asPath))).toBe(begins);
      }),
    );
  });

  it('is by the nearest folder that is trusted', () => {
    const rules = pathRulesOf('linux');
    const records = new Map([
      ['/a', 1],
      ['/a/b', 2],
    ]);
    expect(trustIn('/a/b/c', records, rules)).toBe(2);
  });
});

describe('what a folder runs', () => {
  it('is said in a few words', () => {
    const file = '/x/.mcp.json';
    expect(folderCodeText({ kind: 'mcp_server', name: 'db', text: 'npx db', file })).toBe(
      'MCP server db: npx db',
    );
    expect(folderCodeText({ kind: 'allowed_tools', name: 'permissions', text: 'Bash(*)', file })).toBe(
      'allows without asking: Bash(*)',
    );
  });
});
