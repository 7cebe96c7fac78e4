import { setUp } from './setup.mjs';
import { givenArgs, inRoot, runMain, runNode } from './toolchain.mjs';

await runMain(async () => {
  await setUp();
  const { code } = await runNode(inRoot('out', 'main', 'netra.js'), ['demo', ...givenArgs()]);
  return code;
});
