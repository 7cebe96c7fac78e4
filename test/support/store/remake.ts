/**
 * Makes the database of the data directory given anew (`rebuild`, `repair`) and says `done`; killed right before the nth time that
 * it stores a session, or renames or removes a file after the first.
 */
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [dataDir = '', how, nth] = process.argv.slice(2);

let left = Number(nth);
let hasBegun = false;
/** Dies here when it is the nth time. */
const count = (): void => {
  if (hasBegun && --left === 0) process.kill(process.pid, 'SIGKILL');
};
const { rename, rm } = promises;
const counted: Pick<typeof promises, 'rename' | 'rm'> = {
  rename: (from, to) => {
    count();
    return rename(from, to);
  },
  rm: (path, options) => {
    count();
    return rm(path, options);
  },
};
Object.assign(promises, counted);
syncBuiltinESMExports();

const { catchUpLedgers } = await import('../../../src/main/store/rebuild/catch-up.ts');
const { rebuildDatabase } = await import('../../../src/main/store/rebuild/rebuild.ts');
if (how === 'rebuild') await catchUpLedgers(dataDir);
const onProgress = (): void => {
  hasBegun = true;
  count();
};
await rebuildDatabase({ dataDir, salvage: how === 'repair', onProgress });
process.stdout.write('done\n');
