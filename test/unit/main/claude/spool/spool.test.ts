import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createSpool } from '../../../../../src/main/claude/spool/spool.ts';
import { attemptIdSchema } from '../../../../../src/shared/domain/ids.ts';

const id = attemptIdSchema.parse('0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11');

it('a spool makes its folder, but no data directory in the place of one that was taken away', async () => {
  const root = await mkdtemp(join(tmpdir(), 'netra-spool-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const dataDir = join(root, 'data');
  const spool = createSpool(join(dataDir, 'spool'));
  await mkdir(dataDir);
  await rename(dataDir, join(root, 'elsewhere'));
  await expect(spool.create(id)).rejects.toMatchObject({
    failure: { code: 'spool.failed', message: expect.stringContaining('not there any more') as string },
  });
  // It is no reason to end what still writes to files that it has open.
  expect(await spool.isFull()).toBe(false);
  expect(await readdir(root)).toEqual(['elsewhere']);
  await rename(join(root, 'elsewhere'), dataDir);
  await (await spool.create(id)).close();
  expect((await readdir(join(dataDir, 'spool'))).length).toBe(2);
});
