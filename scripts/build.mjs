import { ensureBuilt, ensureInstalled } from './setup.mjs';
import { runMain } from './toolchain.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
  return 0;
});
