import {
  BrowserWindow,
  ipcMain,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  type WebContents,
} from 'electron';
import { z } from 'zod';
import { failureError } from '../../../shared/domain/failure.ts';
import type { PageOrigin } from './page-origin.ts';

type Sender = Pick<IpcMainEvent | IpcMainInvokeEvent, 'sender' | 'senderFrame'>;

/** The one way for messages from a page: from the main frame of a window of ours, of our origin, in the expected shape. */
export interface GuardedIpc {
  /** Answers `invoke`. */
  readonly handle: <T>(
    channel: string,
    schema: z.ZodType<T>,
    run: (input: T, window: Electron.BrowserWindow) => unknown,
  ) => void;
  /** Takes `send`. */
  readonly listen: <T>(
    channel: string,
    schema: z.ZodType<T>,
    run: (input: T, sender: WebContents) => void,
  ) => void;
}

/** `report` gets a sentence for each message that was turned away. */
export const createGuardedIpc = (origin: PageOrigin, report: (message: string) => void): GuardedIpc => {
  const windowOf = ({ sender, senderFrame }: Sender) => {
    const isMainFrame = senderFrame !== null && senderFrame.parent === null;
    return isMainFrame && origin.includes(senderFrame.url) ? BrowserWindow.fromWebContents(sender) : null;
  };

  const refuse = (channel: string, why: string): string => {
    const message = `A message to ${channel} was refused: ${why}.`;
    report(message);
    return message;
  };

  return {
    handle: (channel, schema, run) => {
      ipcMain.handle(channel, async (event, ...args: unknown[]) => {
        const window = windowOf(event);
        if (window === null) throw failureError('ipc.refused', refuse(channel, 'it is not from our page'));
        const input = schema.safeParse(args[0]);
        if (!input.success) throw failureError('ipc.invalid', refuse(channel, z.prettifyError(input.error)));
        return await run(input.data, window);
      });
    },
    listen: (channel, schema, run) => {
      ipcMain.on(channel, (event, ...args: unknown[]) => {
        const input = schema.safeParse(args[0]);
        if (windowOf(event) === null) refuse(channel, 'it is not from our page');
        else if (!input.success) refuse(channel, z.prettifyError(input.error));
        else run(input.data, event.sender);
      });
    },
  };
};
