import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeFileName } from '../../../../src/main/exports/file-name.ts';
import { anyText } from '../../../support/sessions.ts';

describe('the name of a file', () => {
  it('is one that Windows takes, whatever the session is called', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const file = safeFileName(name);
        expect(file).not.toMatch(/[<>:"/\\|?*\p{Cc}\p{Cf}]/u);
        expect(file).toMatch(/^[^. ].*$|^[^. ]$/u);
        expect(file).not.toMatch(/[. ]$/);
        expect(file).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        expect(Buffer.byteLength(file)).toBeLessThanOrEqual(121);
        expect(file.isWellFormed()).toBe(true);
      }),
    );
  });

  it('is the same name where that is one already', () => {
    expect(safeFileName('Fix the build (2nd try)')).toBe('Fix the build (2nd try)');
    expect(safeFileName('Überprüfung 検査')).toBe('Überprüfung 検査');
  });

  it('is none of the devices, never empty, and shows no text turned around', () => {
    expect(safeFileName('nul.txt')).toBe('_nul.txt');
    expect(safeFileName('../..')).toBe('session');
    expect(safeFileName('invoice\u202egnp.exe')).toBe('invoice-gnp.exe');
  });
});
