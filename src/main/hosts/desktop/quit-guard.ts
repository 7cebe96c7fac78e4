import type { QuitChoice } from './quit-dialog.ts';

interface Cancellable {
  preventDefault(): void;
}

export interface QuitOptions {
  readonly unfinishedInstances: () => number;
  readonly ask: (unfinished: number) => Promise<QuitChoice>;
  /** Ends everything but the app itself. */
  readonly leave: (stopWork: boolean) => Promise<void>;
  /** Quits the app; the guard lets it pass now. */
  readonly quit: () => void;
  readonly report: (message: string) => void;
}

/** Lets the app end only when work in hand has been decided on and the engine has closed. */
export interface QuitGuard {
  /** To be called before the app quits and before its last window closes. */
  readonly check: (event: Cancellable) => void;
  /** Ends the app without asking; Claude processes go on. */
  readonly quitQuietly: () => void;
}

export const createQuitGuard = (options: QuitOptions): QuitGuard => {
  const { unfinishedInstances, ask, leave, quit, report } = options;
  let state: 'open' | 'asking' | 'leaving' | 'left' = 'open';

  const go = async (choice: QuitChoice): Promise<void> => {
    if (choice === 'cancel') {
      state = 'open';
      return;
    }
    state = 'leaving';
    await leave(choice === 'stop').catch((error: unknown) => {
      report(`Quitting did not go as it should: ${String(error)}`);
    });
    state = 'left';
    quit();
  };

  const decide = async (): Promise<void> => {
    state = 'asking';
    const unfinished = unfinishedInstances();
    await go(unfinished === 0 ? 'keep' : await ask(unfinished));
  };

  return {
    check: (event) => {
      if (state === 'left') return;
      event.preventDefault();
      if (state === 'open') void decide();
    },
    quitQuietly: () => {
      if (state === 'open' || state === 'asking') void go('keep');
    },
  };
};
