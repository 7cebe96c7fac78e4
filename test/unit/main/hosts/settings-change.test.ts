import { mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeSetting, withSetting } from '../../../../src/main/hosts/settings-change.ts';
import { readSettings } from '../../../../src/main/hosts/settings.ts';
import type { JsonValue } from '../../../../src/shared/domain/plan/plan-spec.ts';

let dataDir: string;
let file: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'netra-settings-'));
  file = join(dataDir, 'settings.json');
});
afterEach(() => rm(dataDir, { recursive: true }));

describe('changing a setting', () => {
  it.each([
    ['no file', null, '{\n  "quit": "keep"\n}\n'],
    ['an empty object', '{}', '{\n  "quit": "keep"\n}\n'],
    ['one line', '{"trust": "ask"}', '{"trust": "ask", "quit": "keep"}'],
    [
      'four spaces and an object of its own form',
      '{\n    "trust": "ask",\n    "budgets": { "day": {"usd": 2.50} }\n}',
      '{\n    "trust": "ask",\n    "budgets": { "day": {"usd": 2.50} },\n    "quit": "keep"\n}',
    ],
    [
      'another value',
      '{\n\t"quit":  "ask",\r\n\t"trust": "ask"}',
      '{\n\t"quit":  "keep",\r\n\t"trust": "ask"}',
    ],
  ])('leaves everything else as it is written: %s', (_, text, expected) => {
    expect(withSetting(text, 'quit', 'keep')).toBe(expected);
  });

  it.each([
    ['{"quit": "ask", "trust": "ask"}', '{"trust": "ask"}'],
    ['{\n  "trust": "ask",\n  "quit": "ask"\n}\n', '{\n  "trust": "ask"\n}\n'],
    ['{"quit": "ask"}', '{}\n'],
    ['{"trust": "ask"}', '{"trust": "ask"}'],
  ])('can be taken away: %s', (text, expected) => {
    expect(withSetting(text, 'quit', undefined)).toBe(expected);
  });

  it('gives the same data as setting the key would, whatever is in the file and however it is written', () => {
    const value = fc.jsonValue({ depthSize: 'small' }) as fc.Arbitrary<JsonValue>;
    const key = fc.constantFrom('a', 'b', 'quit', 'x y', '<<', '- ', '#', 'ü"\\');
    const object = fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true });
    const indent = fc.constantFrom(undefined, 2, '\t');
    fc.assert(
      fc.property(object, key, fc.option(value, { nil: undefined }), indent, (before, name, next, space) => {
        const text = withSetting(JSON.stringify(before, null, space), name, next);
        const expected = Object.fromEntries(Object.entries({ ...before, [name]: next }));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
    );
  });

  it('is there for who reads it then, and nothing else is left in the folder', async () => {
    await changeSetting(dataDir, 'quit', 'stop');
    expect(await readSettings(dataDir)).toMatchObject({ quit: 'stop' });
    expect(await readdir(dataDir)).toEqual(['settings.json']);
  });

  it('keeps a link to a file elsewhere', async () => {
    const real = join(dataDir, 'real.json');
    await writeFile(real, '{}');
    await symlink(real, file);
    await changeSetting(dataDir, 'quit', 'stop');
    expect(await readlink(file)).toBe(real);
    expect(await readSettings(dataDir)).toMatchObject({ quit: 'stop' });
  });

  it('writes nothing that is not valid, and nothing over a file that was not', async () => {
    const failure = { failure: { code: 'settings.invalid' } };
    await expect(changeSetting(dataDir, 'quit', 'never')).rejects.toMatchObject({
      failure: {
        code: 'arguments.settings',
        message: expect.stringMatching(/^That is no value for quit\. .*"ask"/) as string,
      },
    });
    expect(await readdir(dataDir)).toEqual([]);
    await writeFile(file, '{"quit": "ask", oops');
    await expect(changeSetting(dataDir, 'quit', 'keep')).rejects.toMatchObject(failure);
    expect(await readFile(file, 'utf8')).toBe('{"quit": "ask", oops');
  });
});
