import { describe, expect, it } from 'vitest';
import { isInstalled } from '../../../scripts/setup.mjs';
import { isNewEnough } from '../../../scripts/toolchain.mjs';

const lock = (packages: Record<string, object>): string => JSON.stringify({ packages });

describe('the set-up', () => {
  const wanted = lock({ '': {}, 'node_modules/a': { version: '1.0.0' } });

  it('installs when nothing is installed', () => {
    expect(isInstalled(wanted, undefined)).toBe(false);
  });

  it('installs nothing when every package is there in its version', () => {
    expect(isInstalled(wanted, lock({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true);
  });

  it('installs when a package has another version, or is absent', () => {
    expect(isInstalled(wanted, lock({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false);
    expect(isInstalled(wanted, lock({}))).toBe(false);
  });

  it('does not miss packages for other systems', () => {
    const withOther = lock({ '': {}, 'node_modules/other-system': { version: '1.0.0', optional: true } });
    expect(isInstalled(withOther, lock({}))).toBe(true);
  });

  it.each([
    ['20.20.2', false],
    ['22.18.0', false],
    ['24.0.0', true],
  ])('takes Node %s for new enough: %s', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });
});
