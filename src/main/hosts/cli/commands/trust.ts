import { resolve } from 'node:path';
import type { FolderTrust } from '../../../../shared/contract/trust.ts';
import { folderCodeText } from '../../../../shared/domain/permission/trust.ts';
import { withEngine, type CliContext } from '../context.ts';
import { printable } from '../terminal-text.ts';

type Format = 'text' | 'json';

const printFolder = async (context: CliContext, found: FolderTrust, format: Format): Promise<void> => {
  const { streams, paint } = context;
  if (format === 'json') {
    await streams.print(JSON.stringify(found, null, 2));
    return;
  }
  await streams.print(`${found.isTrusted ? 'trusted' : 'not trusted'}  ${printable(found.folder)}`);
  for (const code of found.runs) {
    await streams.print(`  ${printable(folderCodeText(code))}  ${paint('quiet', printable(code.file))}`);
  }
};

/** `netra trust [FOLDER]` */
export const addTrust = (context: CliContext, folder: string, format: Format): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    await printFolder(context, await client.trust.add({ folder: resolve(folder) }), format);
    return 0;
  });

/** `netra trust show [FOLDER]` */
export const showTrust = (context: CliContext, folder: string, format: Format): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const found = await client.trust.look({ folder: resolve(folder) });
    await printFolder(context, found, format);
    return found.isTrusted ? 0 : 1;
  });

/** `netra trust list` */
export const listTrust = (context: CliContext, format: Format): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const { streams, paint } = context;
    const records = await client.trust.list();
    if (format === 'json') {
      await streams.print(JSON.stringify(records, null, 2));
      return 0;
    }
    if (records.length === 0) streams.say('netra: no folder is trusted yet. `netra trust` trusts this one.');
    for (const { path, by, at } of records) {
      await streams.print(`${printable(path)}  ${paint('quiet', `${printable(by)}, ${at.slice(0, 10)}`)}`);
    }
    return 0;
  });

/** `netra trust remove FOLDER` */
export const removeTrust = (context: CliContext, folder: string): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const { path } = await client.trust.remove({ folder: resolve(folder) });
    await context.streams.print(`removed  ${printable(path)}`);
    return 0;
  });
