/** Makes the database of the data directory given as small as it can be, and says so. */
import { openStore } from '../../../src/main/store/store.ts';

const [dataDir = ''] = process.argv.slice(2);
const store = await openStore({ dataDir });
process.stdout.write('begins\n');
await store.vacuum();
process.stdout.write('done\n');
await store.close();
