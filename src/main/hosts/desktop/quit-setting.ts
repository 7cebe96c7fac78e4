import { failureOf } from '../../../shared/domain/failure.ts';
import { changeSetting } from '../settings-change.ts';
import { readSettings, type QuitWay } from '../settings.ts';
import type { QuitAnswer, QuitChoice } from './quit-dialog.ts';

type Options = {
  readonly dataDir: string;
  readonly report: (message: string) => void;
  /** Called when it has become another one here. */
  readonly onChange: (way: QuitWay) => void;
};

/** What becomes of work in hand when the app is quit, as the settings of the data directory say at that moment. */
export interface QuitSetting {
  /** `ask` when the settings cannot be read. */
  current(): Promise<QuitWay>;
  change(way: QuitWay): Promise<void>;
  /** Takes what the settings say, else asks; and remembers the answer when the person wants that. */
  decide(ask: () => Promise<QuitAnswer>): Promise<QuitChoice>;
}

export const createQuitSetting = ({ dataDir, report, onChange }: Options): QuitSetting => {
  const current = async (): Promise<QuitWay> => {
    try {
      return (await readSettings(dataDir)).quit;
    } catch (error) {
      report(failureOf(error, 'settings.unreadable').message);
      return 'ask';
    }
  };
  const change = async (way: QuitWay): Promise<void> => {
    try {
      await changeSetting(dataDir, 'quit', way);
    } catch (error) {
      report(failureOf(error, 'settings.unwritable').message);
    }
    onChange(await current());
  };
  return {
    current,
    change,
    decide: async (ask) => {
      const way = await current();
      if (way !== 'ask') return way;
      const { choice, isRemembered } = await ask();
      if (isRemembered && choice !== 'cancel') await change(choice);
      return choice;
    },
  };
};
