import { findElectron } from './electron.mjs';
import { ensureInstalled } from './setup.mjs';
import { givenArgs, runMain, runNode, ScriptError, toolEnv, toolFile } from './toolchain.mjs';

await runMain(async () => {
  await ensureInstalled();
  const electron = await findElectron();
  if (electron.path === undefined) {
    throw new ScriptError(
      `${electron.reason} Use \`npm start\`, which opens the console in the browser then.`,
    );
  }
  const env = toolEnv({ ELECTRON_EXEC_PATH: electron.path });
  const { code } = await runNode(toolFile('electron-vite'), ['dev', ...givenArgs()], { env });
  return code;
});
