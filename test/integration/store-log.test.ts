import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/main/store/store.ts';
import { creationOf, eventsOf, sampleOf } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';
import { eventually } from '../support/eventually.ts';

it('a store puts its log into the database when no commit comes for a moment', async () => {
  const dataDir = await temporaryDirectory();
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  const bytes = async (): Promise<number> => (await stat(join(dataDir, 'netra.db'))).size;
  const sample = sampleOf('quiet');
  const mebibyte = 1024 * 1024;
  expect(await bytes()).toBeLessThan(mebibyte);
  await store.commit({ ...creationOf(sample), events: eventsOf(sample, 2000, { bytes: 2000 }) });
  await eventually(async () => expect(await bytes()).toBeGreaterThan(3 * mebibyte));
});
