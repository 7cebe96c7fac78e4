import { useEffect } from 'react';
import { orchestrationIdSchema } from '../../shared/domain/ids.ts';
import type { Engine } from '../data/engine.tsx';
import { announce, wordsForChange } from './announcements.ts';
import { commands } from './commands.ts';
import { isTypingIn, matchesKeys } from '../ui/keyboard.ts';
import { go, routes } from './routes.ts';

const isPlain = (keys: string): boolean => !keys.includes('+');

const pressed = (event: KeyboardEvent, isMac: boolean): (typeof commands)[number] | undefined => {
  const typing = isTypingIn(event.target);
  const covered = document.querySelector('[role="dialog"]') !== null;
  return commands.find((command) =>
    command.keys.some((keys) => !(isPlain(keys) && (typing || covered)) && matchesKeys(event, keys, isMac)),
  );
};

/** J, K or an arrow with nothing in focus: into the list of this screen. */
const intoList = (event: KeyboardEvent): boolean => {
  const row = document.querySelector<HTMLElement>('#main [data-row]');
  if (row === null || document.activeElement !== document.body || !/^(j|k|Arrow(Down|Up))$/.test(event.key))
    return false;
  row.focus();
  return true;
};

/** A command of the application menu, or `orchestration.open:ID` from a notification that was clicked. */
const runById = (id: string, engine: Engine): void => {
  const opened = orchestrationIdSchema.safeParse(id.split('orchestration.open:')[1]);
  if (opened.success) go(routes.orchestration(opened.data));
  else commands.find((command) => command.id === id)?.run(engine);
};

/** Binds the commands to their keys and to the application menu, and speaks changes, for as long as the app shows. */
export const useCommands = (engine: Engine): void => {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.repeat) return;
      const command = pressed(event, engine.host.isMac);
      if (command === undefined && !intoList(event)) return;
      event.preventDefault();
      command?.run(engine);
    };
    addEventListener('keydown', onKey);
    const stopMenu = engine.host.onCommand((id) => {
      runById(id, engine);
    });
    const stopSpeaking = engine.overview.onChange((now, before) => {
      const words = wordsForChange(now, before);
      if (words !== null) announce(words);
    });
    return () => {
      removeEventListener('keydown', onKey);
      stopMenu();
      stopSpeaking();
    };
  }, [engine]);
};
