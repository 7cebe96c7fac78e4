import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { containing, matching } from '../support/matching.ts';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';

let place: NetraPlace;
let folder: string;

beforeEach(async () => {
  place = await openNetraPlace();
  // It trusts every folder, for tests of other things.
  await rm(join(place.dataDir, 'settings.json'));
  folder = await realpath(await mkdtemp(join(tmpdir(), 'netra-trust-')));
  await mkdir(join(folder, 'shop', '.claude'), { recursive: true });
  const hooks = { Stop: [{ hooks: [{ type: 'command', command: './collect.sh' }] }] };
  await writeFile(join(folder, 'shop', '.claude', 'settings.json'), JSON.stringify({ hooks }));
});

afterEach(async () => {
  await place.close();
  await rm(folder, { recursive: true });
});

const shop = () => join(folder, 'shop');

const listed = async (): Promise<readonly string[]> => {
  const { stdout } = await place.run(['trust', 'list', '--format', 'json']);
  return z
    .array(z.object({ path: z.string(), by: z.string(), at: z.string() }))
    .parse(JSON.parse(stdout))
    .map(({ path }) => path);
};

describe('netra trust', () => {
  it('shows what a folder would run, trusts it, lists it and removes it', async () => {
    const before = await place.run(['trust', 'show', shop()]);
    expect(before).toMatchObject({ code: 1, stdout: containing(`not trusted  ${shop()}`) });
    expect(before.stdout).toContain('hook Stop: ./collect.sh');

    expect(await place.run(['trust', shop()])).toMatchObject({ code: 0, stdout: matching(/^trusted {2}/) });
    expect(await listed()).toEqual([shop()]);
    expect((await place.run(['trust', 'show', join(shop(), '.claude')])).code).toBe(0);

    expect(await place.run(['trust', 'remove', shop()])).toMatchObject({ code: 0 });
    expect(await listed()).toEqual([]);
    expect((await place.run(['trust', 'show', shop()])).code).toBe(1);
  });

  it('trusts where a link leads, and not the link', async () => {
    const link = join(folder, 'link');
    await symlink(shop(), link);
    await place.run(['trust', link]);
    expect(await listed()).toEqual([shop()]);
  });

  it('says what is wrong: no such folder, a folder that nobody trusts', async () => {
    const missing = await place.run(['trust', join(folder, 'nowhere')]);
    expect(missing.code).not.toBe(0);
    expect(missing.stderr).toContain('does not exist');
    const unknown = await place.run(['trust', 'remove', shop()]);
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr).toContain('is not among the trusted folders');
  });

  it('removes a folder that is gone', async () => {
    await place.run(['trust', shop()]);
    await rm(shop(), { recursive: true });
    expect((await place.run(['trust', 'remove', shop()])).code).toBe(0);
    expect(await listed()).toEqual([]);
  });
});
