/**
 * Makes the database of the data directory given anew (`rebuild`, `repair`) and says `done`; killed right before the nth time that
 * it stores a session, or renames or removes a file after the first.
 */
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import SqliteDatabase from 'better-sqlite3';

const [dataDir = '', how, nth] = process.argv.slice(2);

let left = Number(nth);
let hasBegun = false;
/** Dies in the place of the last call. */
const counted = <Args extends readonly unknown[], Result>(call: (...args: Args) => Result) =>
  function (this: unknown, ...args: Args): Result {
    const isStore = args[0] === 'COMMIT';
    hasBegun ||= isStore;
    const counts = hasBegun && (isStore || call !== exec);
    if (counts && --left === 0) process.kill(process.pid, 'SIGKILL');
    return Reflect.apply(call, this, args);
  };
const { prototype } = SqliteDatabase;
const exec: unknown = prototype.exec;
prototype.exec = counted(prototype.exec);
Object.assign(fs, { renameSync: counted(fs.renameSync), rmSync: counted(fs.rmSync) });
Object.assign(promises, { rename: counted(promises.rename), rm: counted(promises.rm) });
syncBuiltinESMExports();

const { catchUpLedgers } = await import('../../../src/main/store/rebuild/catch-up.ts');
const { rebuildDatabase } = await import('../../../src/main/store/rebuild/rebuild.ts');
if (how === 'rebuild') await catchUpLedgers(dataDir);
await rebuildDatabase({ dataDir, salvage: how === 'repair' });
process.stdout.write('done\n');
