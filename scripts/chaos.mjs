import { parseArgs } from 'node:util';
import { openSandbox } from './sandbox.mjs';
import { setUp } from './setup.mjs';
import { givenArgs, runMain, runNode, ScriptError, toolFile } from './toolchain.mjs';

/** `npm run test:chaos -- [--kills N] [--seed N]`: the engine is killed so many times while real processes run. */
await runMain(async () => {
  const { values } = parseArgs({
    args: givenArgs(),
    options: { kills: { type: 'string', default: '200' }, seed: { type: 'string' } },
  });
  for (const [name, value] of Object.entries(values)) {
    if (!/^[1-9]\d{0,8}$/.test(value)) throw new ScriptError(`--${name} is a whole number, such as 200.`);
  }
  await setUp();
  const sandbox = openSandbox();
  try {
    const env = {
      ...sandbox.env,
      CHAOS_KILLS: values.kills,
      ...(values.seed && { CHAOS_SEED: values.seed }),
    };
    const { code } = await runNode(toolFile('vitest'), ['run', 'test/integration/chaos.test.ts'], { env });
    return code;
  } finally {
    for (const line of await sandbox.close()) console.error(`Left running, ended now: ${line}`);
  }
});
