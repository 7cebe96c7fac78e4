import { findElectron } from './electron.mjs';
import { setUp } from './setup.mjs';
import { givenArgs, productEnv, root, run, runMain, runNetra } from './toolchain.mjs';

/** @param {readonly string[]} args */
const openInBrowser = (args) => runNetra(['serve', '--open', ...args]);

await runMain(async () => {
  await setUp();
  const args = givenArgs().filter((arg) => arg !== '--browser');
  if (args.length < givenArgs().length) return (await openInBrowser(args)).code;
  const electron = await findElectron();
  if (electron.path !== undefined)
    return (await run(electron.path, [root, ...args], { env: productEnv() })).code;
  console.log(`${electron.reason} Opening the console in the browser instead.`);
  return (await openInBrowser(args)).code;
});
