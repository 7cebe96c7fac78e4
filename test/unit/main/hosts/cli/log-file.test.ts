import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createLogFile } from '../../../../../src/main/hosts/cli/log-file.ts';

it('a log tells people what it cannot write while its data directory is away, and makes none in its place', async () => {
  const root = await mkdtemp(join(tmpdir(), 'netra-log-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const dataDir = join(root, 'made', 'data');
  const said: string[] = [];
  const log = createLogFile(dataDir, (line) => said.push(line));
  log.warn('first');
  await log.flushed();
  await rename(dataDir, join(root, 'elsewhere'));
  log.error('lost', new Error('why'));
  await log.flushed();
  expect(said).toEqual([expect.stringContaining('lost')]);
  expect(await readdir(join(root, 'made'))).toEqual([]);
});
