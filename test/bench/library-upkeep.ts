import { performance } from 'node:perf_hooks';
import { openStore } from '../../src/main/store/store.ts';

/** Lets the keeper do all that it has to do in a library: prints how long that took. Argument: data directory. */
const [dataDir = ''] = process.argv.slice(2);
const store = await openStore({ dataDir, compressAfterMs: 0 });
const start = performance.now();
await store.keeper.idle();
console.log(JSON.stringify({ ms: performance.now() - start }));
await store.close();
