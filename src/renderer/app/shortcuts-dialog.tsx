import { Fragment } from 'react';
import { useStore } from 'zustand';
import { Dialog } from '../ui/dialog.tsx';
import { Keys } from '../ui/keys.tsx';
import { commands } from './commands.ts';
import { panels } from './panels.ts';

type Line = { readonly title: string; readonly keys: readonly string[] };

const ofGroup = (group: string): readonly Line[] =>
  commands.filter(
    (command) => command.group === group && command.keys.length > 0 && !command.id.startsWith('instance.'),
  );

const groups: readonly { readonly title: string; readonly lines: readonly Line[] }[] = [
  {
    title: 'Go to',
    lines: [...ofGroup('Go to'), { title: 'Instance 1 to 9 of the sidebar', keys: ['Mod+1…9'] }],
  },
  { title: 'Run', lines: ofGroup('Run') },
  { title: 'What is in focus, or open', lines: ofGroup('Control') },
  { title: 'View', lines: ofGroup('View') },
  {
    title: 'In lists and tiles',
    lines: [
      { title: 'Move', keys: ['J', 'K', 'ArrowDown', 'ArrowUp'] },
      { title: 'Open', keys: ['Enter'] },
      { title: 'Peek: question, last message, buttons', keys: ['Space'] },
    ],
  },
  {
    title: 'In the list of sessions',
    lines: [
      { title: 'Search', keys: ['/'] },
      { title: 'Select', keys: ['X'] },
      { title: 'Select all', keys: ['Mod+A'] },
      { title: 'Labels', keys: ['L'] },
      { title: 'Rename', keys: ['F2'] },
      { title: 'Delete; take it back', keys: ['Delete', 'Mod+Z'] },
    ],
  },
  {
    title: 'In an instance',
    lines: [
      { title: 'Find in the stream', keys: ['Mod+F'] },
      { title: 'Next turn, tool, error', keys: ['U', 'T', 'E'] },
      { title: 'The one before', keys: ['Shift+U', 'Shift+T', 'Shift+E'] },
    ],
  },
  { title: 'Where a plan is written', lines: [{ title: 'Run or schedule it', keys: ['Mod+Enter'] }] },
];

/** All keys in one place. */
export const ShortcutsDialog = () => {
  const open = useStore(panels, (state) => state.shortcuts);
  return (
    <Dialog
      open={open}
      onClose={() => {
        panels.setState({ shortcuts: false });
      }}
      title="Keyboard shortcuts"
    >
      <div className="gap-8 overflow-y-auto px-4 sm:columns-2">
        {groups.map(({ title, lines }) => (
          <section key={title} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-xs text-ink-3">{title}</h3>
            <dl className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-1 text-s">
              {lines.map((line) => (
                <Fragment key={line.title}>
                  <dt>{line.title}</dt>
                  <dd className="flex justify-end gap-1">
                    {line.keys.map((keys) => (
                      <Keys key={keys} keys={keys} />
                    ))}
                  </dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
};
