import { setUp } from './setup.mjs';
import { givenArgs, runMain, runNetra } from './toolchain.mjs';

await runMain(async () => {
  await setUp();
  const { code } = await runNetra(['demo', ...givenArgs()]);
  return code;
});
