import { openLibrary } from './library-host.ts';

/** Opens an engine on a library and prints how long it took until it was ready. Argument: data directory. */
const { host, readyMs } = await openLibrary(process.argv[2] ?? '');
console.log(JSON.stringify({ readyMs }));
await host.close();
