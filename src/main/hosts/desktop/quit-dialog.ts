import { type BrowserWindow, dialog } from 'electron';

/** What is to become of work in hand when the app ends. */
export type QuitChoice = 'keep' | 'stop' | 'cancel';

const choices: readonly QuitChoice[] = ['keep', 'stop', 'cancel'];

export type QuitAnswer = {
  readonly choice: QuitChoice;
  /** True when it is not to be asked again. */
  readonly isRemembered: boolean;
};

/** Asks what to do with so many unfinished instances. Closing the dialog calls the quitting off. */
export const askBeforeQuit = async (
  unfinished: number,
  window: BrowserWindow | null,
): Promise<QuitAnswer> => {
  const options = {
    type: 'question' as const,
    title: 'Quit Netra Orchestrator',
    message:
      unfinished === 1
        ? '1 instance has not finished.'
        : `${String(unfinished)} instances have not finished.`,
    detail:
      'Claude processes that run can go on without the console; the next start takes them over. Permission prompts cannot be answered for them after that, and instances that still wait start when the console is back.',
    buttons: ['Keep Running', 'Stop Them and Quit', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
    checkboxLabel: 'Do not ask again (File › When Quitting changes it)',
    checkboxChecked: false,
  };
  const answer = await (window === null
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options));
  return { choice: choices[answer.response] ?? 'cancel', isRemembered: answer.checkboxChecked };
};
