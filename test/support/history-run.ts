import { createHistory } from '../../src/main/hosts/history/history.ts';
import { systemClock } from '../../src/main/hosts/system-clock.ts';
import { openStore } from '../../src/main/store/store.ts';
import { lastOf, listPrices } from './history.ts';

/** Takes in the history in a folder: a program of its own, to be killed. Arguments: the data directory, the folder. */
const [dataDir = '', folder = ''] = process.argv.slice(2);
const log = { warn: () => undefined, error: () => undefined };
const store = await openStore({ dataDir });
const history = createHistory({
  ...{ store, log, folder, prices: await listPrices(), spoolFolder: `${dataDir}/spool` },
  ...{ clock: systemClock, owner: 'ada', follows: false },
});
console.log('begun');
await lastOf(history.import(null));
await history.close();
await store.close();
